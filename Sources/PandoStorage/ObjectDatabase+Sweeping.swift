internal import PandoFiles
public import PandoObjects

extension ObjectDatabase {
  /// The order in which all objects are read.
  public enum Order: Sendable {
    /// By name: the order of `git cat-file --batch-all-objects`.
    case byID
    /// As they lie on disk, which is faster: the order of `--unordered`.
    case asStored
  }

  /// Reads all objects, each once, borrowed ones included. Throws what `body` throws.
  ///
  /// In the order of names it keeps ``Options/sweepCacheBytes`` of inflated deltas and bases and
  /// some 25 bytes an object in memory, as they are stored nearly nothing.
  public func forEachObject(
    _ order: Order = .asStored, _ body: (ObjectID, RawObject) throws -> Void
  ) throws {
    switch order {
    case .byID: try forEachObjectByID(body)
    case .asStored: try forEachObjectAsStored(body)
    }
  }

  private func forEachObjectAsStored(_ body: (ObjectID, RawObject) throws -> Void) throws {
    let (sources, packs) = (try sources(), try packs())
    for pack in packs {
      // Of several copies that one is given that is found by name.
      try pack.forEachObject { id, object in
        if try packs.count == 1 || sources.find(id)?.reader === pack { try body(id, object) }
      }
    }
    var seen: Set<ObjectID> = []
    for place in loosePlaces {
      for id in try place.ids() {
        guard try sources.find(id) == nil,
          seen.insert(id).inserted, let object = try place.read(id)
        else { continue }
        try body(id, object)
      }
    }
  }

  private func forEachObjectByID(_ body: (ObjectID, RawObject) throws -> Void) throws {
    let packs = try packs()
    var loose: [ObjectID] = []
    for place in loosePlaces { loose += try place.ids() }
    var names = MergedNames(packs.map(\.index), loose: loose.sorted())
    let swept = SweptPack.all(packs, cacheBytes: try sweepCacheBytes(packs))
    while let (id, place) = names.next() {
      var object: RawObject?
      if let place, let found = swept[place.index].object(at: place.position) {
        object = try? verified(found, id)
      }
      // Loose, or not as it should be: then there may be another copy. What was pruned since it was
      // listed is as good as never listed.
      if object == nil { object = try read(id) }
      if let object { try body(id, object) }
    }
  }
}

extension ObjectDatabase {
  private func sweepCacheBytes(_ packs: [PackReader]) throws(PandoError) -> Int {
    if let bytes = options.sweepCacheBytes { return bytes }
    var bytes = 96 << 20
    for pack in packs {
      bytes += try pack.packFile()?.end ?? 0
      if bytes >= 512 << 20 { return 512 << 20 }
    }
    return bytes
  }
}

/// The names in several indexes and a sorted list, in order and each once.
struct MergedNames {
  private let indexes: [PackIndex]
  private let loose: [ObjectID]
  /// The next position of each index, and the name there.
  private var positions: [Int]
  private var heads: [ObjectID?]
  private var looseIndex = 0

  init(_ indexes: [PackIndex], loose: [ObjectID]) {
    self.indexes = indexes
    self.loose = loose
    positions = [Int](repeating: 0, count: indexes.count)
    heads = indexes.map { $0.count > 0 ? $0.id(at: 0) : nil }
  }

  /// The next name, and the first index that has it. O(indexes).
  mutating func next() -> (id: ObjectID, place: (index: Int, position: Int)?)? {
    var least = looseIndex < loose.count ? loose[looseIndex] : nil
    var place: (index: Int, position: Int)?
    for (number, head) in heads.enumerated() {
      guard let head, least.map({ head <= $0 }) ?? true else { continue }
      if place == nil || head != least { place = (number, positions[number]) }
      least = head
    }
    guard let least else { return nil }
    while looseIndex < loose.count, loose[looseIndex] <= least { looseIndex += 1 }
    for number in heads.indices { advance(number, past: least) }
    return (least, place)
  }

  /// Moves on in an index; names out of order are passed over, so that each comes once.
  private mutating func advance(_ number: Int, past id: ObjectID) {
    while let head = heads[number], head <= id {
      positions[number] += 1
      heads[number] =
        positions[number] < indexes[number].count ? indexes[number].id(at: positions[number]) : nil
    }
  }
}

/// A pack that is swept from the moment its first object is wanted.
private final class SweptPack {
  private let pack: PackReader
  private let budget: PackSweep.Budget
  private var sweep: PackSweep?
  private var isTried = false

  private init(_ pack: PackReader, _ budget: PackSweep.Budget) {
    self.pack = pack
    self.budget = budget
  }

  /// Shares the bytes of a cache among packs by their numbers of objects.
  static func all(_ packs: [PackReader], cacheBytes: Int) -> [SweptPack] {
    let total = max(1, packs.reduce(0) { $0 + $1.index.count })
    return packs.map { pack in
      let share = Double(cacheBytes) * Double(pack.index.count) / Double(total)
      return SweptPack(pack, PackSweep.Budget(cacheBytes: Int(share)))
    }
  }

  /// The object at a position of the index; nil when it is to be read in another way.
  func object(at position: Int) -> RawObject? {
    if !isTried {
      isTried = true
      // Of a damaged pack some objects can still be read one by one.
      try? prepare()
    }
    return try? sweep?.object(at: position)
  }

  private func prepare() throws(PandoError) {
    guard let file = try pack.packFile() else { return }
    var sweep = PackSweep(try PackTraversal(pack, file), budget: budget)
    try sweep.prepare()
    self.sweep = consume sweep
  }
}
