internal import PandoBytes
internal import PandoObjects

/// Trees as stored, the lately used ones kept: history asks for most trees twice, as what a commit
/// made and as what the next one changed.
struct TreeBodies {
  /// The bytes that are kept at most, twice: what was used since the last change of shifts, and
  /// what was used before that.
  static let bytesMax = 6 << 20

  private let objects: any ObjectReader
  private let emptyTree: ObjectID
  private var young: [ObjectID: [UInt8]] = [:]
  private var youngBytes = 0
  private var old: [ObjectID: [UInt8]] = [:]

  init(_ objects: any ObjectReader) {
    self.objects = objects
    emptyTree = Tree.emptyID(objects.hashAlgorithm)
  }

  /// The bytes of a tree, which must be there.
  mutating func body(_ id: ObjectID) throws(PandoError) -> [UInt8] {
    if let body = young[id] { return body }
    if id == emptyTree { return [] }
    let body: [UInt8]
    if let known = old[id] { body = known } else { body = try objects.body(of: id, .tree) }
    if youngBytes + body.count > Self.bytesMax {
      old = young
      young.removeAll(keepingCapacity: true)
      youngBytes = 0
    }
    young[id] = body
    youngBytes += body.count
    return body
  }
}
