package import PandoBytes
internal import PandoFiles
public import PandoObjects

/// Answers "what can be reached from here and not from there" from a bitmap file, and walks only
/// what it does not cover.
///
/// One file is used: that of a multi-pack-index, else that of a pack. A file that is damaged, or
/// that belongs to another state of the packs, is left aside.
public final class ReachabilityBitmaps: Sendable {
  let subject: BitmapSubject
  let file: BitmapFile
  private let kinds: [Bitmap]
  let database: ObjectDatabase

  private init(_ subject: BitmapSubject, _ file: BitmapFile, _ database: ObjectDatabase) {
    self.subject = subject
    self.file = file
    self.database = database
    kinds = file.kinds.map { $0.expanded(limit: subject.count) }
  }

  /// Opens the bitmaps of a database; nil when it has none that can be used. O(objects).
  public static func open(_ database: ObjectDatabase) throws(PandoError) -> ReachabilityBitmaps? {
    let sources = try database.sources()
    let files = database.files
    for covered in sources.covered {
      let directory = covered.path.parent
      let name = "\(MultiPackIndex.fileName)-\(covered.index.checksum.hex).bitmap"
      guard let map = try? files.map(directory / name),
        let subject = BitmapSubject(
          covered.index, covered.readers, in: directory, files: files)
      else { continue }
      if let found = make(map, subject, database) { return found }
    }
    for pack in sources.single + sources.covered.flatMap(\.readers) {
      let path = PackNames.path(of: pack.path, ending: ".bitmap")
      guard let map = try? files.map(path) else { continue }
      if let found = make(map, try BitmapSubject(pack), database) { return found }
    }
    return nil
  }

  private static func make(
    _ map: MappedFile, _ subject: BitmapSubject, _ database: ObjectDatabase
  ) -> ReachabilityBitmaps? {
    guard
      let file = try? BitmapFile(map, count: subject.count, algorithm: subject.algorithm),
      file.subject == subject.checksum
    else { return nil }
    return ReachabilityBitmaps(subject, file, database)
  }

  /// How many objects have a bit.
  public var count: Int { subject.count }

  /// The bit of an object; nil when it has none. One search in the index.
  public func bit(of id: ObjectID) -> Int? { subject.bit(of: id) }

  /// The name of the object of a bit from 0 to `count - 1`.
  public func id(ofBit bit: Int) -> ObjectID { subject.id(ofBit: bit) }

  /// The pack that the object of a bit is read from, and where in it.
  public func location(
    ofBit bit: Int
  ) throws(PandoError) -> (pack: PackReader, offset: Int) {
    let location = try subject.location(ofBit: bit)
    return (location.reader, location.offset)
  }

  /// The objects of a kind.
  public func objects(of kind: ObjectKind) -> Bitmap {
    switch kind {
    case .commit: kinds[0]
    case .tree: kinds[1]
    case .blob: kinds[2]
    case .tag: kinds[3]
    }
  }

  /// The hash of the path at which an object was met, as Git's search for deltas uses it; nil when
  /// the file has none.
  public func nameHash(ofBit bit: Int) -> UInt32? {
    file.nameHash(at: Int(subject.positions[bit]))
  }

  /// The names of the commits that have a set.
  public var commits: [ObjectID] {
    file.positions.map { subject.id(ofBit: Int(subject.bits[Int($0)])) }
  }

  /// All that can be reached from a commit, by bits; nil when the commit has no set.
  public func set(of commit: ObjectID) throws(PandoError) -> Bitmap? {
    guard let position = subject.position(of: commit),
      let set = try compressedSet(at: position)
    else { return nil }
    return set.expanded(limit: count)
  }

  func compressedSet(at position: Int) throws(PandoError) -> CompressedBitmap? {
    do { return try file.set(at: position) } catch { throw .corrupt("bitmap index", error) }
  }

  /// Whether the file matches the checksum it ends in. O(size).
  public var isChecksumValid: Bool { file.isChecksumValid }

  /// What can be reached from `wants` and not from `haves`: tags, commits, trees and blobs.
  ///
  /// - Parameter followsTrees: whether trees and blobs are wanted; without, what lies outside the
  ///   file is walked by its commits only.
  public func reachable(
    from wants: [ObjectID], excluding haves: [ObjectID] = [], followsTrees: Bool = true
  ) throws(PandoError) -> ReachableSet {
    var walk = BitmapWalk(self, followsTrees: followsTrees)
    let excluded = try walk.reach(haves, excluding: nil)
    var included = try walk.reach(wants, excluding: excluded)
    included.subtract(excluded)
    return ReachableSet(self, included, walk.extras)
  }
}

extension ReachabilityBitmaps {
  /// Reads a whole bitmap file and expands every set, for those who feed it with damage.
  package static func inspect(
    _ bytes: [UInt8], count: Int, algorithm: HashAlgorithm
  ) throws(ParseError) {
    let file = try BitmapFile(MappedFile(bytes), count: count, algorithm: algorithm)
    _ = file.isChecksumValid
    for position in file.positions {
      _ = try file.set(at: Int(position))?.expanded(limit: count)
      _ = file.nameHash(at: Int(position))
    }
  }

  /// What comparing a stored set with a walk gave.
  public struct Test: Sendable {
    /// How many commits have a set.
    public var entryCount: Int
    /// Whether the file has a table of entries by commit.
    public var hasLookupTable: Bool
    /// The length of the stored set in bits, and a checksum of its words; nil when there is none.
    public var stored: (bitCount: Int, checksum: UInt32)?
    /// Whether the set is what a walk reaches.
    public var isRight = false
  }

  /// Walks from a commit without the file and compares what is reached with its set.
  public func test(_ commit: ObjectID) throws(PandoError) -> Test {
    var test = Test(
      entryCount: file.positions.count, hasLookupTable: file.flags.contains(.lookupTable))
    guard let position = subject.position(of: commit),
      let set = try compressedSet(at: position)
    else { return test }
    test.stored = (set.bitCount, set.checksum)
    var walk = BitmapWalk(self, followsTrees: true, usesSets: false)
    let reached = try walk.reach([commit], excluding: nil)
    test.isRight = walk.extras.all.isEmpty && reached == set.expanded(limit: count)
    return test
  }
}

/// A set of objects, nearly all of them bits of a bitmap file.
public struct ReachableSet: Sendable {
  /// The file that knows the bits.
  public let bitmaps: ReachabilityBitmaps
  /// The bits of the objects that the file knows.
  public internal(set) var bits: Bitmap
  /// The other objects, in the order in which they were met.
  public let others: [(id: ObjectID, kind: ObjectKind)]

  init(_ bitmaps: ReachabilityBitmaps, _ included: Bitmap, _ extras: BitmapWalk.Extras) {
    self.bitmaps = bitmaps
    var bits = included
    bits.formIntersection(.all(below: bitmaps.count))
    self.bits = bits
    var others: [(id: ObjectID, kind: ObjectKind)] = []
    for (number, extra) in extras.all.enumerated()
    where included.contains(bitmaps.count + number) {
      others.append(extra)
    }
    self.others = others
  }

  /// How many objects there are.
  public var count: Int { bits.count + others.count }

  /// How many objects of a kind there are.
  public func count(_ kind: ObjectKind) -> Int {
    bits.intersectionCount(bitmaps.objects(of: kind)) + others.count { $0.kind == kind }
  }

  /// The order in which kinds are given.
  public static let kindOrder: [ObjectKind] = [.commit, .tree, .blob, .tag]

  /// Gives each object: commits, then trees, blobs and tags, those of a kind as they lie in the
  /// packs, and at last those that the file does not know.
  public func forEach<Failure: Error>(
    _ kinds: [ObjectKind] = ReachableSet.kindOrder,
    _ body: (ObjectID, ObjectKind) throws(Failure) -> Void
  ) throws(Failure) {
    for kind in kinds {
      var own = bits
      own.formIntersection(bitmaps.objects(of: kind))
      try own.forEach { (bit) throws(Failure) in try body(bitmaps.id(ofBit: bit), kind) }
    }
    for (id, kind) in others where kinds.contains(kind) { try body(id, kind) }
  }
}
