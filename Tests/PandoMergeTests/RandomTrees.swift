import PandoBytes
import PandoObjects
import PandoTestKit

/// A tree as a dictionary of files, which is easy to change at random.
struct FileSet {
  struct File: Hashable {
    var mode: TreeEntry.Mode
    var id: ObjectID
  }
  var files: [TreePath: File] = [:]

  /// Sets a file, and removes what cannot exist beside it.
  mutating func set(_ path: TreePath, _ file: File) {
    files = files.filter { other, _ in
      !other.hasPrefix(path) && !path.hasPrefix(other)
    }
    files[path] = file
  }

  /// Writes the tree, and returns the root's name.
  func write(to fixture: inout Fixture) throws -> ObjectID {
    try Self.write(files.map { ($0.key.steps[...], $0.value) }, &fixture)
  }

  private static func write(
    _ files: [(path: ArraySlice<ByteString>, file: File)], _ fixture: inout Fixture
  ) throws -> ObjectID {
    var entries: [TreeEntry] = []
    let byName = Dictionary(grouping: files) { $0.path.first ?? "" }
    for (name, members) in byName {
      if members.count == 1, let only = members.first, only.path.count == 1 {
        entries.append(TreeEntry(name: name, mode: only.file.mode, id: only.file.id))
      } else {
        let below = try write(members.map { ($0.path.dropFirst(), $0.file) }, &fixture)
        entries.append(TreeEntry(name: name, mode: .directory, id: below))
      }
    }
    return try fixture.tree(entries)
  }
}

extension SeededRandom {
  /// A path of up to three steps, of names that sort closely around each other.
  mutating func path() -> TreePath {
    let names = ["a", "a-b", "a.c", "a0", "b", "b~main", "c"]
    let depth = Int.random(in: 1...3, using: &self)
    return TreePath(
      (0..<depth).map { _ in ByteString(names[Int.random(in: 0..<names.count, using: &self)]) })
  }

  /// A file, link or submodule of one of few contents.
  mutating func file(_ fixture: inout Fixture) throws -> FileSet.File {
    let id = try fixture.blob("content \(Int.random(in: 0..<4, using: &self))\n")
    let modes: [TreeEntry.Mode] = [.file, .file, .file, .executable, .symbolicLink, .submodule]
    return FileSet.File(mode: modes[Int.random(in: 0..<modes.count, using: &self)], id: id)
  }
}
