public import PandoObjects

/// The entries of a pack in the order of their bytes: how much room each takes, and on what it is a
/// delta. Costs 8 bytes an object and one sort.
public struct PackOrder: Sendable {
  /// What storing an object takes.
  public struct Placement: Hashable, Sendable {
    /// Bytes on disk, the entry's header included.
    public let size: Int
    /// The object that it is stored as a delta on, or nil.
    public let base: ObjectID?

    /// Describes a placement.
    public init(size: Int, base: ObjectID?) {
      self.size = size
      self.base = base
    }
  }

  private let traversal: PackTraversal?

  /// Sorts the entries of a pack. O(n log n).
  public init(_ reader: PackReader) throws(PandoError) {
    traversal = try reader.packFile().map { pack throws(PandoError) in
      try PackTraversal(reader, pack)
    }
  }

  /// Where the object at a position of the index is; nil when the pack has been removed. O(log n).
  public func placement(at position: Int) throws(PandoError) -> Placement? {
    guard let traversal else { return nil }
    let reader = traversal.reader
    let start = try reader.offset(at: position)
    guard let number = traversal.entry(at: start) else { return nil }
    let isLast = number + 1 == traversal.count
    let end = isLast ? traversal.pack.end : traversal.offset(of: number + 1)
    var window = PackWindow()
    let entry = try reader.entry(at: start, in: traversal.pack, &window)
    var base: ObjectID?
    if case .delta(let offset) = try reader.origin(of: entry, in: traversal.pack) {
      base = traversal.entry(at: offset).map { reader.index.id(at: traversal.position(of: $0)) }
    }
    return Placement(size: end - start, base: base)
  }
}
