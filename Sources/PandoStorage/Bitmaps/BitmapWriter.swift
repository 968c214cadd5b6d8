internal import PandoBytes
internal import PandoFiles
public import PandoObjects

/// What a bitmap file is made for.
public struct BitmapRequest: Sendable {
  /// Where the walk to commits begins: what all references point at, tags followed.
  public var tips: [ObjectID]
  /// The commits that are chosen before others near them: `pack.preferBitmapTips`.
  public var preferred: Set<ObjectID> = []
  /// Whether the hash of each object's path is written: `pack.writeBitmapHashCache`.
  public var writesNameHashes = true
  /// Whether a table of entries by commit is written: `pack.writeBitmapLookupTable`.
  public var writesLookupTable = false

  /// Asks for the bitmaps of what can be reached from `tips`.
  public init(tips: [ObjectID]) { self.tips = tips }
}

/// Writes bitmap files: chooses commits as Git does, the latest densely and older ones ever more
/// sparsely; walks from each to what the others do not reach; compresses each set against the ten
/// before it. Source: git's `technical/bitmap-format`.
public struct BitmapWriter {
  let subject: BitmapSubject
  let database: ObjectDatabase
  let request: BitmapRequest

  /// Makes the bitmap file of one pack, which must have all that its commits need, and puts it
  /// beside the pack.
  ///
  /// Throws `.notFound` when the pack lacks something: then nothing is written.
  public static func write(
    for pack: PackReader, in database: ObjectDatabase, _ request: BitmapRequest
  ) throws(PandoError) {
    let subject = try BitmapSubject(pack)
    let writer = BitmapWriter(subject: subject, database: database, request: request)
    try writer.publish(
      try writer.bytes(), to: PackNames.path(of: pack.path, ending: ".bitmap"))
  }

  /// Puts a file in place of the one there is.
  func publish(_ bytes: [UInt8], to path: FilePath) throws(PandoError) {
    do throws(FileError) {
      let file = try TemporaryFile.create(
        in: path.parent, prefix: "tmp_bitmap_", permissions: database.options.permissions,
        fileSystem: database.files, random: database.random)
      try file.write(bytes)
      try file.replace(path, durability: database.options.durability.forPacks)
    } catch {
      throw .refused("file \(path)", error)
    }
  }

  /// The whole file.
  func bytes() throws(PandoError) -> [UInt8] {
    var history = try BitmapHistory(subject, database, request)
    let chosen = history.choose()
    var sets = [CompressedBitmap](repeating: .empty, count: chosen.count)
    // The oldest first: the sets of younger ones build on theirs.
    for number in chosen.indices.reversed() {
      sets[number] = try history.set(of: chosen[number])
    }
    var flags: BitmapFile.Flags = [.closed]
    if request.writesNameHashes { flags.insert(.nameHashes) }
    if request.writesLookupTable { flags.insert(.lookupTable) }
    var bytes = Array("BITM".utf8)
    bytes.append(bigEndian: UInt32(1) << 16 | UInt32(flags.rawValue))
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: chosen.count))
    subject.checksum.append(to: &bytes)
    for kind in try kindSets() { kind.append(to: &bytes) }
    let rows = append(sets, positions: history.positions(of: chosen), to: &bytes)
    if request.writesLookupTable { Self.append(rows, to: &bytes) }
    if request.writesNameHashes {
      for hash in history.nameHashes { bytes.append(bigEndian: hash) }
    }
    ChecksumHasher.digest(of: bytes.span, algorithm: subject.algorithm).append(to: &bytes)
    return bytes
  }

  private func kindSets() throws(PandoError) -> [CompressedBitmap] {
    var sets = [Bitmap](repeating: Bitmap(capacity: subject.count), count: 4)
    for (bit, kind) in try subject.kinds().enumerated() {
      let number = ReachableSet.kindOrder.firstIndex(of: kind) ?? 0
      sets[number].insert(bit)
    }
    return sets.map { CompressedBitmap($0) }
  }

  // MARK: Entries

  /// Entries before an entry that are tried as what it is combined with.
  private static let baseAttempts = 10

  private struct LookupRow {
    let position: UInt32
    let offset: Int
    /// The number of the entry it is combined with.
    let base: Int?
  }

  private func append(
    _ sets: [CompressedBitmap], positions: [UInt32], to bytes: inout [UInt8]
  ) -> [LookupRow] {
    var rows: [LookupRow] = []
    for (number, set) in sets.enumerated() {
      var best = set
      var distance = 0
      for candidate in 1...Self.baseAttempts where candidate <= number {
        let combined = CompressedBitmap.symmetricDifference(sets[number - candidate], set)
        guard combined.words.count < best.words.count else { continue }
        best = combined
        distance = candidate
      }
      rows.append(
        LookupRow(
          position: positions[number], offset: bytes.count,
          base: distance > 0 ? number - distance : nil))
      bytes.append(bigEndian: positions[number])
      bytes.append(UInt8(distance))
      bytes.append(0)
      best.append(to: &bytes)
    }
    return rows
  }

  private static func append(_ rows: [LookupRow], to bytes: inout [UInt8]) {
    let order = rows.indices.sorted { rows[$0].position < rows[$1].position }
    var places = [Int](repeating: 0, count: rows.count)
    for (place, number) in order.enumerated() { places[number] = place }
    for number in order {
      let row = rows[number]
      bytes.append(bigEndian: row.position)
      bytes.append(bigEndian: UInt64(row.offset))
      bytes.append(bigEndian: row.base.map { UInt32(places[$0]) } ?? .max)
    }
  }
}
