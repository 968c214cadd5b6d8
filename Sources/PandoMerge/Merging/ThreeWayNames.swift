internal import PandoBytes
internal import PandoObjects

/// A name in a directory, and what the three trees have under it.
struct NamedVersions {
  let name: ByteString
  var entries: Versions<FileVersion>
}

/// Compares the three trees of a directory.
///
/// What is the same in all three is skipped at the speed of memory, so that cost is that of the
/// names that differ.
struct ThreeWayNames {
  private let trees: [Tree]
  private var positions = [0, 0, 0]

  /// The names that are not the same in all three trees, in the order of trees; absent ones are
  /// empty.
  static func differing(_ trees: Versions<Tree>, _ algorithm: HashAlgorithm) -> [NamedVersions] {
    let empty = Tree.empty(algorithm)
    let all = [trees.base ?? empty, trees.ours ?? empty, trees.theirs ?? empty]
    guard all.allSatisfy(\.isSorted) else { return unsorted(all) }
    var names = ThreeWayNames(trees: all)
    return joined(names.collect())
  }

  private init(trees: [Tree]) { self.trees = trees }

  private mutating func collect() -> [NamedVersions] {
    var found: [NamedVersions] = []
    while true {
      skipShared()
      guard let least = leastHead() else { return found }
      let name = trees[least][positions[least]].name
      // All heads are looked at before any moves.
      let isHead = (isHead(0, least), isHead(1, least), isHead(2, least))
      let entries = Versions(
        base: isHead.0 ? take(0) : nil, ours: isHead.1 ? take(1) : nil,
        theirs: isHead.2 ? take(2) : nil)
      // Old writers put zeros in front of modes: bytes may differ where nothing does.
      if entries.agreement != .all { found.append(NamedVersions(name: name, entries: entries)) }
    }
  }

  /// Goes to the first entry whose bytes are not the same in all three.
  private mutating func skipShared() {
    let first = sharedBytes(1, 2)
    guard first > 0 else { return }
    let count = min(first, sharedBytes(0, 1))
    guard count > 0 else { return }
    let entries = trees[1].entryCount(from: positions[1], inBytes: count)
    for side in 0..<3 { positions[side] += entries }
  }

  /// How many bytes of what is left of two trees are the same.
  private func sharedBytes(_ a: Int, _ b: Int) -> Int {
    trees[a].sharedByteCount(from: positions[a], with: trees[b], from: positions[b])
  }

  private func leastHead() -> Int? {
    var least: Int?
    for side in 0..<3 where positions[side] < trees[side].count {
      guard let other = least else {
        least = side
        continue
      }
      if trees[side].compareEntry(positions[side], trees[other], positions[other]) < 0 {
        least = side
      }
    }
    return least
  }

  private mutating func take(_ side: Int) -> FileVersion {
    let position = positions[side]
    positions[side] += 1
    return FileVersion(
      mode: trees[side].mode(at: position).canonical, id: trees[side].id(at: position))
  }

  private func isHead(_ side: Int, _ least: Int) -> Bool {
    guard positions[side] < trees[side].count else { return false }
    return side == least
      || trees[side].compareEntry(positions[side], trees[least], positions[least]) == 0
  }

  /// A file and a directory of one name sort apart: they are brought together.
  private static func joined(_ names: [NamedVersions]) -> [NamedVersions] {
    let isMixed =
      names.contains { $0.isDirectory && $0.entries.present != .all }
      && names.contains { !$0.isDirectory && $0.entries.present != .all }
    guard isMixed else { return names }
    var places: [ByteString: Int] = [:]
    var joined: [NamedVersions] = []
    for named in names {
      if let place = places[named.name] {
        let other = named.entries
        joined[place].entries.base = joined[place].entries.base ?? other.base
        joined[place].entries.ours = joined[place].entries.ours ?? other.ours
        joined[place].entries.theirs = joined[place].entries.theirs ?? other.theirs
      } else {
        places[named.name] = joined.count
        joined.append(named)
      }
    }
    return joined
  }

  /// Trees of history that break the order are compared name by name.
  private static func unsorted(_ trees: [Tree]) -> [NamedVersions] {
    var places: [ByteString: Int] = [:]
    var names: [NamedVersions] = []
    for (side, tree) in trees.enumerated() {
      for entry in tree {
        let version = FileVersion(mode: entry.mode.canonical, id: entry.id)
        let place = places[entry.name] ?? names.count
        if place == names.count {
          places[entry.name] = place
          names.append(NamedVersions(name: entry.name, entries: Versions()))
        }
        switch side {
        case 0: names[place].entries.base = names[place].entries.base ?? version
        case 1: names[place].entries.ours = names[place].entries.ours ?? version
        default: names[place].entries.theirs = names[place].entries.theirs ?? version
        }
      }
    }
    return names.filter { $0.entries.agreement != .all }.sorted { $0.name < $1.name }
  }
}

extension NamedVersions {
  fileprivate var isDirectory: Bool { entries.any?.mode.isDirectory == true }
}
