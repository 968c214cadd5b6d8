internal import PandoBytes
internal import PandoObjects

/// The commits of a bitmap file that is being made, and the sets made so far.
struct BitmapHistory {
  private struct Record {
    let bit: UInt32
    let seconds: Int64
    let tree: ObjectID
    /// Where in `parentBits` its parents are.
    var parents: Range<Int> = 0..<0
  }

  private let subject: BitmapSubject
  private let database: ObjectDatabase
  private let preferred: Set<ObjectID>
  private var records: [Record] = []
  /// The parents of all records, as bits.
  private var parentBits: [UInt32] = []
  private var recordOfBit: [UInt32: Int] = [:]
  /// A parent that is not here, by the record of its child.
  private var missingParents: [Int: ObjectID] = [:]
  private var sets: [Int: CompressedBitmap] = [:]
  private var memory: BitMemory
  /// For each position of the index the hash of the path at which its object was met.
  private(set) var nameHashes: [UInt32]

  /// Walks from the request's tips to all commits that have a bit.
  init(
    _ subject: BitmapSubject, _ database: ObjectDatabase, _ request: BitmapRequest
  ) throws(PandoError) {
    self.subject = subject
    self.database = database
    preferred = request.preferred
    memory = BitMemory(subject)
    nameHashes = [UInt32](repeating: 0, count: request.writesNameHashes ? subject.count : 0)
    var seen: Set<ObjectID> = []
    var pending: [ObjectID] = []
    for tip in request.tips {
      if let commit = try database.peelToCommit(tip) { pending.append(commit) }
    }
    while let id = pending.popLast() {
      guard seen.insert(id).inserted else { continue }
      let links = try database.commitLinks(id)
      pending += links.parents
      // One that is not here leads to no set, but its parents may.
      guard let bit = subject.bit(of: id) else { continue }
      var record = Record(
        bit: UInt32(bit), seconds: links.committerSeconds, tree: links.tree)
      let start = parentBits.count
      for parent in links.parents {
        guard let bit = subject.bit(of: parent) else {
          // Without a parent it, and what follows on it, cannot have a set.
          missingParents[records.count] = parent
          continue
        }
        parentBits.append(UInt32(bit))
      }
      record.parents = start..<parentBits.count
      recordOfBit[record.bit] = records.count
      records.append(record)
    }
  }

  private static func incomplete(_ id: ObjectID) -> PandoError {
    PandoError(.notFound, "packfile doesn't have full closure (object \(id) is missing)")
  }

  /// The positions in the index of some records.
  func positions(of numbers: [Int]) -> [UInt32] {
    numbers.map { subject.positions[Int(records[$0].bit)] }
  }

  // MARK: Choosing

  /// All commits are chosen while there are fewer than this, and as many of the latest.
  private static let denseCount = 100
  /// Up to this many back, one commit of a hundred is chosen.
  private static let recentCount = 20_000
  /// The widest gap between two chosen commits.
  private static let gapMax = 5000

  private static func gap(at index: Int) -> Int {
    if index <= denseCount { return 0 }
    if index <= recentCount { return min(index - denseCount, denseCount) }
    return max(min(index - recentCount, gapMax), denseCount)
  }

  /// The records of the commits that get a set, the latest first: of each window a preferred commit
  /// when it has one, else its last merge, else its last commit.
  func choose() -> [Int] {
    let latest = records.indices.sorted {
      (records[$1].seconds, records[$0].bit) < (records[$0].seconds, records[$1].bit)
    }
    guard latest.count >= Self.denseCount else { return latest }
    var chosen: [Int] = []
    var index = 0
    while true {
      let gap = Self.gap(at: index)
      guard index + gap < latest.count else { break }
      var choice = latest[index + gap]
      if gap > 0 {
        for number in latest[index...index + gap] {
          if !preferred.isEmpty, preferred.contains(subject.id(ofBit: Int(records[number].bit))) {
            choice = number
            break
          }
          if records[number].parents.count > 1 { choice = number }
        }
      }
      chosen.append(choice)
      index += gap + 1
    }
    return chosen
  }

  // MARK: Sets

  /// All that a commit needs. Builds on the sets made before.
  mutating func set(of number: Int) throws(PandoError) -> CompressedBitmap {
    var found = Bitmap(capacity: subject.count)
    var trees: [ObjectID] = []
    var pending = [number]
    // Those not far back first, so that a set met on the way spares most of the walk.
    while let next = pending.popLast() {
      let record = records[next]
      if found.contains(Int(record.bit)) { continue }
      if let set = sets[next] {
        found.formUnion(set)
        continue
      }
      if let missing = missingParents[next] { throw Self.incomplete(missing) }
      found.insert(Int(record.bit))
      trees.append(record.tree)
      for bit in parentBits[record.parents].reversed() where !found.contains(Int(bit)) {
        if let parent = recordOfBit[bit] { pending.append(parent) }
      }
    }
    while let tree = trees.popLast() { try visit(tree, &found) }
    let set = CompressedBitmap(found)
    sets[number] = set
    return set
  }

  private mutating func visit(
    _ root: ObjectID, _ found: inout Bitmap
  ) throws(PandoError) {
    var pending: [(id: ObjectID, path: PathHash)] = [(root, PathHash())]
    while let (id, path) = pending.popLast() {
      guard let bit = memory.bit(of: id) else {
        // The empty tree need not be stored to be there.
        if id == Tree.emptyID(subject.algorithm) { continue }
        throw Self.incomplete(id)
      }
      guard found.insert(bit) else { continue }
      note(path, bit)
      let tree = try database.tree(id)
      let prefix = id == root ? path : path.appending(UInt8(ascii: "/"))
      for index in tree.indices {
        let mode = tree.mode(at: index)
        if mode.isSubmodule { continue }
        let entry = tree.id(at: index)
        guard let bit = memory.bit(of: entry) else {
          if entry == Tree.emptyID(subject.algorithm) { continue }
          throw Self.incomplete(entry)
        }
        if found.contains(bit) { continue }
        let path = nameHashes.isEmpty ? prefix : tree.withName(at: index, prefix.appending(_:))
        if mode.isDirectory {
          pending.append((entry, path))
        } else {
          found.insert(bit)
          note(path, bit)
        }
      }
    }
  }

  private mutating func note(_ path: PathHash, _ bit: Int) {
    let position = Int(subject.positions[bit])
    if position < nameHashes.count, nameHashes[position] == 0 {
      nameHashes[position] = path.value
    }
  }
}

/// The hash of a path by which Git's search for deltas sorts objects: its last characters count
/// most, white space does not count. Source: git's `technical/bitmap-format`, appendix B.
public struct PathHash: Hashable, Sendable {
  /// The hash of what was appended so far.
  public private(set) var value: UInt32 = 0

  /// The hash of the empty path.
  public init() {}

  /// The hash of a path.
  public init(_ path: Span<UInt8>) { self = PathHash().appending(path) }

  /// The hash of the path with more bytes.
  public func appending(_ bytes: Span<UInt8>) -> PathHash {
    var hash = self
    for index in bytes.indices { hash = hash.appending(bytes[index]) }
    return hash
  }

  /// The hash of the path with one more byte.
  @inline(__always)
  public func appending(_ byte: UInt8) -> PathHash {
    if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { return self }
    var next = self
    next.value = (value >> 2) &+ UInt32(byte) << 24
    return next
  }
}
