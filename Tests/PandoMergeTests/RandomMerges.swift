import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit

/// A history of trees to merge. No file's content is like another file's, so that git has no
/// renames
/// to find, which it looks for whatever it is told.
struct RandomMerges {
  var fixture = Fixture()
  var text: RandomText
  private var contents: [ObjectID: [String]] = [:]
  private var serial = 0

  init(seed: UInt64) { text = RandomText(seed: seed) }

  private mutating func chance(_ count: Int) -> Int {
    Int.random(in: 0..<count, using: &text.random)
  }

  /// Lines that no other file has.
  private mutating func freshLines(_ count: Int) -> [String] {
    serial += 1
    return (0..<count).map { "\(serial) \($0 % 7 == 6 ? "again" : text.random.word(9))\n" }
  }

  private mutating func file(_ lines: [String], _ mode: TreeEntry.Mode) throws -> FileSet.File {
    let id = try fixture.blob(lines.joined())
    contents[id] = lines
    return FileSet.File(mode: mode, id: id)
  }

  mutating func newFile() throws -> FileSet.File {
    switch chance(12) {
    case 0: return try file(["\(text.random.word(40))"], .symbolicLink)
    case 1: return FileSet.File(mode: .submodule, id: try fixture.blob(text.random.word(40)))
    case 2: return try file(["\0\(text.random.word(60))"], .file)
    case 3: return try file(freshLines(8), .executable)
    default: return try file(freshLines(6 + chance(30)), .file)
    }
  }

  /// The files after a few changes.
  mutating func changed(_ files: FileSet, _ count: Int) throws -> FileSet {
    var files = files
    for _ in 0..<count {
      let paths = files.files.keys.sorted()
      let path = paths.isEmpty ? text.random.path() : paths[chance(paths.count)]
      switch chance(10) {
      case 0: files.files[path] = nil
      case 1: files.set(path, try newFile())
      case 2: files.set(text.random.path(), try newFile())
      case 3:
        if let mode = files.files[path]?.mode, mode == .file || mode == .executable {
          files.files[path]?.mode = mode == .file ? .executable : .file
        }
      default:
        if let old = files.files[path], let lines = contents[old.id], old.mode != .symbolicLink {
          files.files[path] = try file(edited(lines), old.mode)
        }
      }
    }
    return files
  }

  private mutating func edited(_ lines: [String]) -> [String] {
    var lines = lines
    for _ in 0...chance(3) {
      let place = chance(lines.count + 1)
      let end = min(lines.count, place + chance(3))
      lines.replaceSubrange(place..<end, with: (0..<chance(3)).map { "edit \($0 + chance(4))\n" })
    }
    return lines
  }

  mutating func start() throws -> FileSet {
    var files = FileSet()
    for _ in 0..<10 { files.set(text.random.path(), try newFile()) }
    return files
  }

  mutating func commit(_ files: FileSet, parents: [ObjectID] = []) throws -> ObjectID {
    serial += 1
    return try fixture.commit(
      tree: files.write(to: &fixture), parents: parents, date: Int64(1000 + serial))
  }
}

/// What `git merge-tree --write-tree` says.
struct GitMerge: Equatable {
  var tree: String
  /// Mode, object, stage and path of what conflicts.
  var stages: Set<String> = []

  init(_ output: GitOracle.Output) {
    var lines = output.lines
    tree = lines.isEmpty ? output.errors : lines.removeFirst()
    stages = Set(lines)
  }

  init(tree: ObjectID, conflicts: [Conflict]) {
    self.tree = tree.hex
    for conflict in conflicts {
      let versions = [conflict.base, conflict.ours, conflict.theirs]
      for (stage, entry) in versions.enumerated() {
        guard let entry else { continue }
        stages.insert("\(entry.mode.text) \(entry.id) \(stage + 1)\t\(conflict.path)")
      }
    }
  }
}
