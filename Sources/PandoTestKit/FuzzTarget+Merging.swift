import PandoBytes
import PandoMerge
import PandoObjects
import PandoStorage

extension FuzzTarget {
  /// The most lines that are read, so that a run stays short.
  private static let treeLinesMax = 200

  /// Lines of `sides mode path content`: what the base (`b`), we (`o`) and they (`t`) have at a
  /// path. Names and modes may be such as no tree should have, as far as a tree can have them. A
  /// merge may throw; when it does not, its tree can be read, and it is clean exactly when that the
  /// other way round is.
  func treeMerge(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).prefix(Self.treeLinesMax)
      .map { $0.split(separator: UInt8(ascii: " "), maxSplits: 3) }.filter {
        $0.count == 4 && !$0[2].contains(0)
      }
    let objects = MemoryObjects(.sha1)
    var batch = ObjectBatch(.sha1)
    var trees: [ObjectID] = []
    for side in "bot".utf8 {
      var files = Files()
      for line in lines where line[0].contains(side) {
        let steps = line[2].split(separator: UInt8(ascii: "/")).prefix(20).map {
          ByteString(Array($0))
        }
        let blob = RawObject(kind: .blob, body: Array(line[3]))
        guard let id = try? blob.id(.sha1) else { return }
        batch.insert(blob, named: id)
        let bits = UInt32(String(decoding: line[1], as: UTF8.self), radix: 8) ?? 0o100644
        files.add(steps[...], TreeEntry.Mode(bits: max(1, bits & 0o177777)), id)
      }
      guard let tree = try? files.write(to: &batch) else { return }
      trees.append(tree)
    }
    guard trees.count == 3, (try? objects.write(batch)) != nil else { return }
    let there = Self.merged(trees[0], trees[1], trees[2], objects)
    let back = Self.merged(trees[0], trees[2], trees[1], objects)
    guard let there, let back else { return }
    precondition(
      there.conflicts.isEmpty == back.conflicts.isEmpty, "a merge depends on which side is ours")
  }

  private static func merged(
    _ base: ObjectID, _ ours: ObjectID, _ theirs: ObjectID, _ objects: MemoryObjects
  ) -> TreeMergeResult? {
    var batch = ObjectBatch(.sha1)
    let result = try? TreeMerge.merge(
      base: base, ours: ours, theirs: theirs, in: objects, into: &batch)
    guard let result else { return nil }
    let readable = (try? BatchedReader(batch, over: objects).tree(result.tree)) != nil
    precondition(readable, "the merged tree cannot be read")
    return result
  }
}

/// A directory of files, in the order in which they were added.
private struct Files {
  private var entries: [(name: ByteString, mode: TreeEntry.Mode, id: ObjectID)] = []
  private var directories: [(name: ByteString, files: [Files])] = []

  mutating func add(_ steps: ArraySlice<ByteString>, _ mode: TreeEntry.Mode, _ id: ObjectID) {
    guard let name = steps.first else { return }
    guard steps.count > 1 else {
      // What is no directory cannot pass for one.
      if !mode.isDirectory { entries.append((name, mode, id)) }
      return
    }
    if !directories.contains(where: { $0.name == name }) { directories.append((name, [Files()])) }
    for index in directories.indices where directories[index].name == name {
      directories[index].files[0].add(steps.dropFirst(), mode, id)
    }
  }

  func write(to batch: inout ObjectBatch) throws -> ObjectID {
    var body: [UInt8] = []
    for entry in entries {
      TreeEntry(name: entry.name, mode: entry.mode, id: entry.id).append(to: &body)
    }
    for directory in directories {
      let id = try directory.files[0].write(to: &batch)
      TreeEntry(name: directory.name, mode: .directory, id: id).append(to: &body)
    }
    return try batch.insert(.tree, body)
  }
}
