internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// What `verify-pack -v` prints: a line an object in the order of the pack, and how long the chains
/// of deltas are.
struct PackStatistics {
  private let pack: IndexedPack
  private let path: FilePath
  private let context: CommandContext

  init(_ pack: IndexedPack, at path: FilePath, _ context: CommandContext) {
    self.pack = pack
    self.path = path
    self.context = context
  }

  func show(isShort: Bool) throws {
    let depths = pack.chainDepths
    if !isShort { try showObjects(depths) }
    var lengths: [Int] = []
    for depth in depths {
      let depth = Int(depth)
      if depth >= lengths.count {
        lengths += [Int](repeating: 0, count: depth + 1 - lengths.count)
      }
      lengths[depth] += 1
    }
    for (depth, count) in lengths.enumerated() where count > 0 {
      let objects = "\(count) object\(count == 1 ? "" : "s")"
      try context.output.write(
        depth == 0 ? "non delta: \(objects)\n" : "chain length = \(depth): \(objects)\n")
    }
  }

  private func showObjects(_ depths: [UInt32]) throws {
    let sizes = try pack.storedSizes(inPackAt: path, files: context.fileSystem)
    var line: [UInt8] = []
    for position in 0..<pack.count {
      let entry = pack.entry(position)
      line.removeAll(keepingCapacity: true)
      entry.id.digest.appendHex(to: &line)
      let kind = entry.kind.name
      line.append(text: " " + kind + String(repeating: " ", count: max(0, 6 - kind.utf8.count)))
      line.append(text: " \(sizes[position]) \(entry.storedSize) \(entry.offset)")
      if let base = entry.base {
        line.append(text: " \(depths[position]) ")
        pack.entry(base).id.digest.appendHex(to: &line)
      }
      line.append(UInt8(ascii: "\n"))
      try context.output.write(line)
    }
  }
}
