public import PandoBytes
public import PandoObjects

/// What names of revisions are looked up in: a repository, seen from a directory at a moment.
public protocol RevisionSource: Sendable {
  /// The objects.
  var objects: any ObjectReader { get }
  /// The references.
  var references: any ReferenceStore { get }
  /// The time of day and the zone that dates without one are meant in.
  var localTime: LocalTime { get }
  /// The way from the work tree's root to the current directory, with a slash at its end; empty at
  /// the root, nil outside of a work tree.
  var prefix: [UInt8]? { get }

  /// The root of the work tree, as messages name it; nil without one.
  var workTreeRoot: String? { get }

  /// The objects whose names begin with these digits, in order.
  func ids(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID]

  /// The number of objects, about; how long an abbreviation must be follows from it.
  func objectCountEstimate() throws(PandoError) -> Int

  /// The values of a configuration variable, the last one counting: `branch.main.remote`.
  func configurationValues(_ key: String) throws(PandoError) -> [String]

  /// The names of the configured remotes.
  func remoteNames() throws(PandoError) -> [String]

  /// The entries of the index, in its order; none when there is no index.
  func stagedEntries() throws(PandoError) -> [IndexEntry]

  /// Whether something stands at a path below the current directory.
  func existsOnDisk(_ path: [UInt8]) throws(PandoError) -> Bool

  /// The parents of a commit; nil when it is missing. A source that knows them from elsewhere,
  /// such as a commit-graph, answers faster than the commit would.
  func parents(of commit: ObjectID) throws(PandoError) -> [ObjectID]?

  /// The best common ancestors of two commits, in Git's order.
  func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(PandoError) -> [ObjectID]
}

extension RevisionSource {
  /// Nil: messages name no root.
  public var workTreeRoot: String? { nil }

  /// The parents that the commit itself names. One object is read.
  public func parents(of commit: ObjectID) throws(PandoError) -> [ObjectID]? {
    guard try objects.contains(commit) else { return nil }
    return try objects.commitLinks(commit).parents
  }

  /// The last value of a variable, or nil.
  func configurationValue(_ key: String) throws(PandoError) -> String? {
    try configurationValues(key).last
  }

  /// A path that starts with `./` or `../`, from the work tree's root; others as they are.
  func resolvedPath(_ path: [UInt8]) throws(PandoError) -> [UInt8] {
    guard path.starts(with: "./".utf8) || path.starts(with: "../".utf8) else { return path }
    guard let prefix else {
      throw PandoError(
        .invalidInput, "relative path syntax can't be used outside working tree")
    }
    var kept: [ArraySlice<UInt8>] = []
    for step in (prefix + path).split(separator: UInt8(ascii: "/")) {
      if step == [UInt8(ascii: ".")] { continue }
      if step != [UInt8(ascii: "."), UInt8(ascii: ".")] {
        kept.append(step)
      } else if kept.popLast() == nil {
        let shown = String(decoding: path, as: UTF8.self)
        let place = workTreeRoot.map { " at '\($0)'" } ?? ""
        throw PandoError(.invalidInput, "'\(shown)' is outside repository\(place)")
      }
    }
    var joined = Array(kept.joined(separator: [UInt8(ascii: "/")]))
    if !joined.isEmpty, path.last == UInt8(ascii: "/") { joined.append(UInt8(ascii: "/")) }
    return joined
  }
}

/// The time of day and what local time is, passed in so that dates are repeatable.
public struct LocalTime: Sendable {
  /// Seconds since 1970.
  public let now: Int64
  /// Minutes that local time is ahead of UTC at a moment.
  public let utcOffsetMinutes: @Sendable (Int64) -> Int

  /// Fixes the moment and the zone.
  public init(now: Int64, utcOffsetMinutes: @escaping @Sendable (Int64) -> Int = { _ in 0 }) {
    self.now = now
    self.utcOffsetMinutes = utcOffsetMinutes
  }
}

/// One entry of the index, as far as a revision needs it.
public struct IndexEntry: Hashable, Sendable {
  /// The path from the work tree's root.
  public let path: ByteString
  /// 0, or 1 to 3 for the sides of a conflict.
  public let stage: Int
  /// The object.
  public let id: ObjectID
  /// The mode.
  public let mode: TreeEntry.Mode

  /// Makes an entry.
  public init(path: ByteString, stage: Int, id: ObjectID, mode: TreeEntry.Mode) {
    self.path = path
    self.stage = stage
    self.id = id
    self.mode = mode
  }
}
