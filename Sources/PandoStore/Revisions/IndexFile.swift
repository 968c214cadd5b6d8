public import PandoBytes
internal import PandoObjects

/// Reads the entries of Git's index, as far as revisions and listings need them: versions 2, 3 and
/// 4. Source: gitformat-index.
public enum IndexFile {
  /// The bytes of an entry before its name, without the object's: ten words and the flags.
  private static let fixedBytes = 42
  /// How much longer than the file all names may be: names of 4096 bytes come just below.
  private static let expansionMax = 64

  /// All entries in their order. Throws for a version that is unknown and for bytes that break the
  /// format; extensions and the checksum are not looked at.
  public static func entries(
    parsing bytes: Span<UInt8>, algorithm: HashAlgorithm
  ) throws(ParseError) -> [IndexEntry] {
    try parse(bytes, algorithm).entries
  }

  /// Where the entries end and extensions begin.
  static func endOfEntries(
    parsing bytes: Span<UInt8>, algorithm: HashAlgorithm
  ) throws(ParseError) -> Int {
    try parse(bytes, algorithm).end
  }

  private static func parse(
    _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> (entries: [IndexEntry], end: Int) {
    var reader = ByteReader(bytes, format: "index")
    guard reader.skip("DIRC") else { throw reader.error("bad signature") }
    let version = try reader.uint32()
    guard (2...4).contains(version) else { throw reader.error("unknown version \(version)") }
    let count = try Int(reader.uint32())
    let least = fixedBytes + algorithm.byteCount
    guard count <= reader.remaining / least else { throw reader.error("too few entries") }
    var entries: [IndexEntry] = []
    entries.reserveCapacity(count)
    // Names that share their start are longer than the file; how much longer has a limit.
    var bytesLeft = bytes.count * expansionMax
    for _ in 0..<count {
      let previous = entries.last?.path.bytes ?? []
      let next = try entry(&reader, version, algorithm, previous)
      bytesLeft -= next.path.count
      guard bytesLeft >= 0 else { throw reader.error("names too long") }
      entries.append(next)
    }
    return (entries, reader.offset)
  }

  private static func entry(
    _ reader: inout ByteReader, _ version: UInt32, _ algorithm: HashAlgorithm,
    _ previous: [UInt8]
  ) throws(ParseError) -> IndexEntry {
    let start = reader.offset
    _ = try reader.take(24)
    let mode = try reader.uint32()
    _ = try reader.take(12)
    let raw = try reader.take(algorithm.byteCount)
    let flags = try UInt16(reader.byte()) << 8 | UInt16(reader.byte())
    let isExtended = flags & 0x4000 != 0
    if isExtended {
      guard version >= 3 else { throw reader.error("extended flags in version 2") }
      _ = try reader.take(2)
    }
    var path: [UInt8] = []
    if version == 4 { path = try kept(&reader, of: previous) }
    guard let name = reader.take(until: 0) else { throw reader.error("name without an end") }
    path.append(copying: reader.bytes.extracting(name))
    if version < 4 {
      // Names are padded with one to eight zeros to a multiple of eight.
      let length = name.upperBound - start
      _ = try reader.take((length / 8 + 1) * 8 - length - 1)
    }
    guard let id = ObjectID(reader.bytes.extracting(raw), algorithm: algorithm) else {
      throw ParseError("index", "bad object name", at: start)
    }
    return IndexEntry(
      path: ByteString(path), stage: Int(flags >> 12 & 3), id: id,
      mode: TreeEntry.Mode(bits: mode))
  }

  /// The start that an entry of version 4 shares with the one before it.
  private static func kept(
    _ reader: inout ByteReader, of previous: [UInt8]
  ) throws(ParseError) -> [UInt8] {
    var byte = try reader.byte()
    var dropped = Int(byte & 0x7F)
    while byte & 0x80 != 0 {
      guard dropped < 1 << 32 else { throw reader.error("shared name too long") }
      byte = try reader.byte()
      dropped = (dropped + 1) << 7 | Int(byte & 0x7F)
    }
    guard dropped <= previous.count else { throw reader.error("shared name too long") }
    return Array(previous.dropLast(dropped))
  }
}
