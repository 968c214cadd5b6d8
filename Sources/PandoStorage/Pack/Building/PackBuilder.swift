internal import PandoBytes
internal import PandoFiles
public import PandoObjects

/// Builds packs of objects that a database has: finds deltas among them, takes over deltas and
/// compressed bytes that packs have already, and writes the result.
///
/// Objects are given in the order of their age, the youngest first, and with the paths they are
/// known by: those of one path are compared with each other, then with those of paths that end
/// alike. Each is read a few times at most, and only a window of them is in memory at once. What
/// one thread makes is always the same; more threads cut the work at other places.
public struct PackBuilder {
  /// The database that has the objects.
  public let objects: ObjectDatabase
  /// How packs are built.
  public let options: Options
  /// What has been written.
  public internal(set) var statistics = Statistics()

  var numbers = ObjectNumbers()
  var rows: [PackRow] = []
  var paths = PathOrder()
  /// The packs that rows name by their numbers.
  var packs: [PackReader] = []
  var sources: ObjectSources
  /// Deltas that wait to be written.
  var deltas: [DeltaStore] = []
  /// What a pack gives as it lies.
  var reuse: PackReuse?
  /// Whether deltas have been looked for.
  var isPrepared = false

  /// Starts with no objects. Throws when the database's packs cannot be listed.
  public init(_ objects: ObjectDatabase, options: Options = Options()) throws(PandoError) {
    self.objects = objects
    self.options = options
    sources = try ObjectSources(objects, options)
    packs = sources.packs
  }

  /// How many objects were given and are to be written.
  public var count: Int { rows.count - excluded + (reuse?.count ?? 0) }
  private var excluded = 0

  /// Adds an object with its path from the root tree, which may be empty; false when the options
  /// leave it out, or it was given before.
  @discardableResult
  public mutating func add(_ id: ObjectID, path: [UInt8] = []) throws(PandoError) -> Bool {
    if let reuse, reuse.contains(id) { return false }
    guard let place = try sources.place(of: id) else { return false }
    return insert(id, path, place, isPreferredBase: false)
  }

  /// Adds an object that the receiver has, for deltas to be based on in a thin pack.
  public mutating func addPreferredBase(_ id: ObjectID, path: [UInt8] = []) throws(PandoError) {
    guard options.isThin, let place = try sources.anyPlace(of: id) else { return }
    if insert(id, path, place, isPreferredBase: true) { excluded += 1 }
  }

  /// Whether an object was given.
  public func contains(_ id: ObjectID) -> Bool {
    if let number = numbers.number(of: id) { return !rows[number].isPreferredBase }
    return reuse?.contains(id) ?? false
  }

  private mutating func insert(
    _ id: ObjectID, _ path: [UInt8], _ place: ObjectSources.Place, isPreferredBase: Bool
  ) -> Bool {
    let (number, isNew) = numbers.insert(id)
    guard isNew else {
      // What is to be sent after all is no base that the receiver has.
      guard !isPreferredBase, rows[number].isPreferredBase else { return false }
      rows[number].isPreferredBase = false
      excluded -= 1
      return true
    }
    var row = PackRow()
    row.path = paths.number(of: path)
    row.pack = place.pack
    row.position = place.position
    row.isPreferredBase = isPreferredBase
    rows.append(row)
    return true
  }
}

/// What is known of one object of a pack that is built.
struct PackRow: Sendable {
  static let none: Int32 = -1

  /// The bytes of the object; of a delta that is copied, those of the delta.
  var size = 0
  /// The number of the path.
  var path: UInt32 = 0
  /// The pack it is in, or none when it is loose.
  var pack = Self.none
  /// Its position in that pack's index.
  var position: UInt32 = 0
  /// The bytes of its entry there, at most 4 GiB; 0 when they are not to be copied.
  var entryBytes: UInt32 = 0
  /// The row that it is a delta on, or none.
  var base = Self.none
  /// Where its delta waits, when one was found.
  var delta = DeltaStore.Ticket()
  /// How many deltas lie between it and a whole object; for what is written whole, how many deltas
  /// are copied on top of it.
  var depth: UInt16 = 0
  var kind = ObjectKind.blob
  /// Whether it is stored as a delta in its pack.
  var isStoredDelta = false
  /// Whether its stored delta is copied.
  var reusesDelta = false
  /// Whether it is not sent.
  var isPreferredBase = false
}
