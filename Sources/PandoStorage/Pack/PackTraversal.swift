internal import PandoBytes
public import PandoObjects

/// All objects of a pack in the order of their bytes: the file is read once from start to end, and
/// a base is kept only until its last delta has been read.
struct PackTraversal {
  private let order: OffsetOrder
  /// For each entry the number of the entry it is a delta on, or `none`.
  private var bases: [UInt32] = []
  /// For each entry how many deltas on it are still to come.
  private var children: [UInt32] = []

  private static let none = UInt32.max

  let reader: PackReader
  let pack: PackFile

  /// Sorts the entries of `reader`'s pack by offset, or takes them from the reverse index where
  /// there is one. O(n), 8 bytes an object.
  ///
  /// - Parameter order: the positions by offset, when they are known.
  init(
    _ reader: PackReader, _ pack: PackFile, order: [UInt32]? = nil
  ) throws(PandoError) {
    self.reader = reader
    self.pack = pack
    var order = order
    if order == nil { order = try reader.storedOrder()?.positions }
    let index = try reader.openIndex()
    do throws(ParseError) {
      self.order = try OffsetOrder(index, in: PackFile.headerBytes..<pack.end, order: order)
    } catch {
      throw .corrupt("pack \(reader.path)", error)
    }
  }

  /// The number of entries.
  var count: Int { order.count }

  /// The position in the index of an entry.
  func position(of entry: Int) -> Int { order.position(of: entry) }

  /// Where an entry begins.
  func offset(of entry: Int) -> Int { order.offset(of: entry) }

  /// The number of the entry at `offset`, or nil.
  func entry(at offset: Int) -> Int? { order.entry(at: offset) }

  /// Reads every header once and counts the deltas on each entry.
  private mutating func count(_ window: inout PackWindow) throws(PandoError) {
    bases = [UInt32](repeating: Self.none, count: count)
    children = [UInt32](repeating: 0, count: count)
    for number in 0..<count {
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
    for number in 0..<count {
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
