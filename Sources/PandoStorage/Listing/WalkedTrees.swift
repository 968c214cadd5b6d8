internal import PandoBytes
internal import PandoObjects

/// The trees that a walk has read, as many as a budget of bytes lets be kept: the bases of the
/// deltas that come next, and what later trees are like.
///
/// Four trees share a set of slots, where the oldest of them goes first; what is above the budget
/// goes by turns.
struct WalkedTrees: Sendable {
  /// The bytes of trees that are kept.
  static let bytesMax = 48 << 20
  private static let setCount = 1 << 13
  private static let ways = 4

  /// Which tree: that at an offset of a pack, or one of a number, of pack zero.
  struct Key: Hashable, Sendable {
    var pack: UInt32
    var offset: Int
  }

  /// A tree that was read.
  struct Reading {
    let key: Key
    let body: [UInt8]
    /// How many deltas it is from a whole tree.
    let depth: Int

    init(key: Key, body: [UInt8], depth: Int) {
      self.key = key
      self.body = body
      self.depth = depth
    }

    /// One that is in no pack.
    init(_ number: Int, body: [UInt8] = []) {
      self.init(key: Key(pack: 0, offset: number), body: body, depth: 0)
    }
  }

  private struct Slot {
    var depth = 0
    var tree = KnownTree(body: [], starts: [])

    var bytes: Int { tree.body.count + tree.starts.count * 4 }
  }

  private var keys: [Key] = []
  private var slots: [Slot] = []
  private var bytes = 0
  private var nextToGo = 0
  private var file: (reader: PackReader, pack: PackFile)?

  private static let free = Key(pack: 0, offset: -1)

  // MARK: Reading

  /// Reads a tree of a number in a set; nil when the object is missing or no tree.
  mutating func read(
    _ id: ObjectID, _ number: Int, in set: ObjectSet, _ objects: any ObjectReader
  ) throws(PandoError) -> Reading? {
    // What is wrong with a copy, and whether there is a sound one, reading by name tells.
    if let reading = try? readPacked(number, in: set) { return reading }
    guard let object = try objects.read(id), object.kind == .tree else { return nil }
    return Reading(number, body: object.body)
  }

  private mutating func readPacked(
    _ number: Int, in set: ObjectSet
  ) throws(PandoError) -> Reading? {
    guard let location = try set.location(of: number), let pack = try open(location.reader)
    else { return nil }
    let object = try location.reader.resources.withWorkspace { (workspace) throws(PandoError) in
      try location.reader.resolve(location.offset, in: pack, &workspace, &self)
    }
    guard object.object.kind == .tree else { return nil }
    let key = Key(pack: pack.number, offset: location.offset)
    return Reading(key: key, body: object.object.body, depth: object.depth)
  }

  private mutating func open(_ reader: PackReader) throws(PandoError) -> PackFile? {
    if let file, file.reader === reader { return file.pack }
    guard let pack = try reader.packFile() else { return nil }
    file = (reader, pack)
    return pack
  }

  // MARK: Keeping

  /// A tree of a number in a set, all of whose entries had been met when it was kept.
  func known(_ number: Int, in set: ObjectSet) -> KnownTree? {
    var key = Key(pack: 0, offset: number)
    if let location = try? set.location(of: number), let file, file.reader === location.reader {
      key = Key(pack: file.pack.number, offset: location.offset)
    }
    guard let slot = slot(key), !slots[slot].tree.starts.isEmpty else { return nil }
    return slots[slot].tree
  }

  /// Keeps a tree that was read, and where its entries begin if all of them have been met.
  mutating func keep(_ tree: KnownTree, _ key: Key, depth: Int) {
    if let slot = slot(key) {
      put(Slot(depth: depth, tree: tree), slot)
      return
    }
    if keys.isEmpty {
      keys = [Key](repeating: Self.free, count: Self.setCount * Self.ways)
      slots = [Slot](repeating: Slot(), count: Self.setCount * Self.ways)
    }
    let first = first(key)
    var way = first + Self.ways - 1
    drop(way)
    while way > first {
      keys[way] = keys[way - 1]
      slots.swapAt(way, way - 1)
      way -= 1
    }
    keys[first] = key
    put(Slot(depth: depth, tree: tree), first)
    while bytes > Self.bytesMax {
      drop(nextToGo)
      nextToGo = (nextToGo + 1) % slots.count
    }
  }

  private mutating func put(_ slot: Slot, _ place: Int) {
    bytes += slot.bytes - slots[place].bytes
    slots[place] = slot
  }

  private mutating func drop(_ place: Int) {
    guard keys[place] != Self.free else { return }
    keys[place] = Self.free
    put(Slot(), place)
  }

  private func first(_ key: Key) -> Int {
    let mixed =
      (UInt64(bitPattern: Int64(key.offset)) ^ UInt64(key.pack) << 44)
      &* 0x9E37_79B9_7F4A_7C15
    return (Int(truncatingIfNeeded: mixed >> 40) & (Self.setCount - 1)) * Self.ways
  }

  private func slot(_ key: Key) -> Int? {
    guard !keys.isEmpty else { return nil }
    let first = first(key)
    for way in first..<first + Self.ways where keys[way] == key { return way }
    return nil
  }
}

extension WalkedTrees: DeltaBases {
  func cached(pack: UInt32, offset: Int) -> ChainedObject? {
    guard let slot = slot(Key(pack: pack, offset: offset)) else { return nil }
    let found = slots[slot]
    return ChainedObject(
      object: RawObject(kind: .tree, body: found.tree.body), depth: found.depth)
  }

  mutating func keep(_ object: ChainedObject, pack: UInt32, offset: Int) {
    // A chain that holds something else leads to no tree.
    guard object.object.kind == .tree else { return }
    let tree = KnownTree(body: object.object.body, starts: [])
    keep(tree, Key(pack: pack, offset: offset), depth: object.depth)
  }
}
