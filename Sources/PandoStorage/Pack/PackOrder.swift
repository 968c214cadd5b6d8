public import PandoObjects

/// The entries of a pack in the order of their bytes: how much room each takes, and on what it is a
/// delta. Costs 8 bytes an object, 24 with what is read ahead.
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
  /// For each entry the number of the one it is a delta on; nil when not read ahead.
  private var bases: [Int?]?

  /// Sorts the entries of a pack. O(n log n).
  ///
  /// - Parameter readsAhead: whether all headers are read now, in one pass: worth it when most
  ///   objects will be asked for.
  public init(_ reader: PackReader, readsAhead: Bool = false) throws(PandoError) {
    traversal = try reader.packFile().map { pack throws(PandoError) in
      try PackTraversal(reader, pack)
    }
    guard readsAhead, let traversal else { return }
    var window = PackWindow()
    var bases = [Int?](repeating: nil, count: traversal.count)
    for number in bases.indices {
      bases[number] = try Self.base(of: number, traversal, &window)
    }
    self.bases = bases
  }

  /// Where the object at a position of the index is; nil when the pack has been removed. O(log n).
  public func placement(at position: Int) throws(PandoError) -> Placement? {
    guard let traversal else { return nil }
    return try placement(atOffset: try traversal.reader.offset(at: position))
  }

  /// Where the object that begins at an offset is; nil when the pack has been removed, and when no
  /// object begins there. O(log n).
  public func placement(atOffset start: Int) throws(PandoError) -> Placement? {
    guard let traversal else { return nil }
    let reader = traversal.reader
    guard let number = traversal.entry(at: start) else { return nil }
    let isLast = number + 1 == traversal.count
    let end = isLast ? traversal.pack.end : traversal.offset(of: number + 1)
    let base: Int?
    if let bases {
      base = bases[number]
    } else {
      var window = PackWindow()
      base = try Self.base(of: number, traversal, &window)
    }
    return Placement(
      size: end - start,
      base: base.map { reader.index.id(at: traversal.position(of: $0)) })
  }

  private static func base(
    of number: Int, _ traversal: PackTraversal, _ window: inout PackWindow
  ) throws(PandoError) -> Int? {
    let (reader, pack) = (traversal.reader, traversal.pack)
    let entry = try reader.entry(at: traversal.offset(of: number), in: pack, &window)
    guard case .delta(let offset) = try reader.origin(of: entry, in: pack) else { return nil }
    return traversal.entry(at: offset)
  }
}
