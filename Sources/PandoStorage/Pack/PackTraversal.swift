internal import PandoBytes
public import PandoObjects

/// All objects of a pack in the order of their bytes: the file is read once from start to end, and
/// a base is kept only until its last delta has been read.
struct PackTraversal {
  /// One entry a word, so that they sort fast: the offset above, the position in the index below.
  private var entries: [UInt64] = []
  private let positionBits: Int
  /// For each entry the number of the entry it is a delta on, or `none`.
  private var bases: [UInt32] = []
  /// For each entry how many deltas on it are still to come.
  private var children: [UInt32] = []

  private static let none = UInt32.max

  let reader: PackReader
  let pack: PackFile

  /// Sorts the entries of `reader`'s pack by offset, or takes them from the reverse index where
  /// there is one, and reads their headers. O(n log n), 16 bytes an object.
  init(_ reader: PackReader, _ pack: PackFile) throws(PandoError) {
    self.reader = reader
    self.pack = pack
    let count = reader.index.count
    positionBits = max(1, Int.bitWidth - max(count - 1, 0).leadingZeroBitCount)
    guard pack.end >> (64 - positionBits) == 0 else {
      throw PandoError(.limitExceeded, "pack \(reader.path) is too large to be read in order")
    }
    entries.reserveCapacity(count)
    let order = try reader.storedOrder()?.positions
    var isSorted = true
    for place in 0..<count {
      let position = order.map { Int($0[place]) } ?? place
      let offset = try reader.offset(at: position)
      guard offset >= PackFile.headerBytes, offset < pack.end else {
        throw pack.corrupt("lies outside the pack", at: offset)
      }
      let entry = UInt64(offset) << UInt64(positionBits) | UInt64(position)
      if let last = entries.last, last > entry { isSorted = false }
      entries.append(entry)
    }
    // A reverse index may be whole and yet wrong.
    if !isSorted { entries.sort() }
  }

  /// The number of entries.
  var count: Int { entries.count }

  /// The position in the index of an entry.
  func position(of entry: Int) -> Int {
    Int(entries[entry] & ((1 << UInt64(positionBits)) - 1))
  }

  /// Where an entry begins.
  func offset(of entry: Int) -> Int { Int(entries[entry] >> UInt64(positionBits)) }

  /// The number of the entry at `offset`, or nil.
  func entry(at offset: Int) -> Int? {
    let key = UInt64(offset) << UInt64(positionBits)
    var low = 0
    var high = entries.count
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && self.offset(of: low) == offset ? low : nil
  }

  /// Reads every header once and counts the deltas on each entry.
  private mutating func count(_ window: inout PackWindow) throws(PandoError) {
    bases = [UInt32](repeating: Self.none, count: entries.count)
    children = [UInt32](repeating: 0, count: entries.count)
    for number in entries.indices {
      let header = try reader.entry(at: offset(of: number), in: pack, &window)
      guard case .delta(let offset) = try reader.origin(of: header, in: pack),
        let base = entry(at: offset)
      else { continue }
      bases[number] = UInt32(base)
      children[base] += 1
    }
  }

  /// Gives each object to `body` with its position in the index.
  mutating func forEach(_ body: (Int, RawObject) throws -> Void) throws {
    var workspace = PackWorkspace()
    workspace.window.isSequential = true
    try count(&workspace.window)
    var cache = PackResources(cacheBytes: reader.resources.cacheBytes)
    for number in entries.indices {
      let offset = offset(of: number)
      let object = try reader.resolve(offset, in: pack, &workspace, &cache)
      if children[number] > 0 { cache.keep(object, pack: pack.number, offset: offset) }
      let base = bases[number]
      if base != Self.none {
        children[Int(base)] -= 1
        if children[Int(base)] == 0 {
          cache.forget(pack: pack.number, offset: self.offset(of: Int(base)))
        }
      }
      try body(position(of: number), object.object)
    }
  }
}

extension PackReader {
  /// Gives each object to `body`, in the order of their bytes in the pack, which is the fastest:
  /// every delta is inflated and applied once. Nothing is given when the pack has been removed.
  ///
  /// Beside the cache it takes 16 bytes an object. Throws what `body` throws.
  public func forEachObject(_ body: (ObjectID, RawObject) throws -> Void) throws {
    guard let pack = try packFile() else { return }
    var traversal = try PackTraversal(self, pack)
    try traversal.forEach { position, object in try body(index.id(at: position), object) }
  }

  /// Gives the names of all objects in the order of their bytes. Nothing is given when the pack
  /// has been removed. Throws what `body` throws.
  public func forEachID(_ body: (ObjectID) throws -> Void) throws {
    guard let pack = try packFile() else { return }
    let traversal = try PackTraversal(self, pack)
    for number in 0..<traversal.count { try body(index.id(at: traversal.position(of: number))) }
  }
}
