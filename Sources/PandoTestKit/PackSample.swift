public import PandoBytes
public import PandoObjects

/// A pack made by hand, entry by entry, to say what git would never say.
public struct PackSample: Sendable {
  /// One entry.
  public enum Entry: Sendable {
    /// A type and a size as the header has them, and what is compressed.
    case raw(type: UInt8, claim: Int, [UInt8])
    /// A blob.
    case blob([UInt8])
    /// A delta on the entry at a position, by its offset.
    case offset(Int, [UInt8])
    /// A delta on the entry at this distance, which may be none.
    case distance(Int, [UInt8])
    /// A delta on a named object.
    case named(ObjectID, [UInt8])
    /// Bytes as they are.
    case bytes([UInt8])
  }

  /// Whose names are in it.
  public let algorithm: HashAlgorithm
  /// The entries.
  public let entries: [Entry]
  /// The number of entries that the header has, when it is wrong.
  public let claim: Int?

  /// A pack of these entries.
  public init(_ entries: [Entry], algorithm: HashAlgorithm = .sha1, claim: Int? = nil) {
    self.entries = entries
    self.algorithm = algorithm
    self.claim = claim
  }

  /// Header and entries, without the trailer.
  public var body: [UInt8] { laidOut.body }

  private var laidOut: (body: [UInt8], offsets: [Int]) {
    var deflater = Deflater(level: 9)
    var pack = Array("PACK".utf8)
    pack.append(bigEndian: UInt32(2))
    pack.append(bigEndian: UInt32(claim ?? entries.count))
    var offsets: [Int] = []
    for entry in entries {
      let start = pack.count
      offsets.append(start)
      switch entry {
      case .raw(let type, let claim, let bytes):
        pack.append(packEntryType: type, size: claim)
        deflater.deflate(bytes.span, into: &pack)
      case .blob(let bytes):
        pack.append(packEntryType: 3, size: bytes.count)
        deflater.deflate(bytes.span, into: &pack)
      case .offset(let position, let delta):
        pack.append(packEntryType: 6, size: delta.count)
        pack.append(baseDistance: start - offsets[position])
        deflater.deflate(delta.span, into: &pack)
      case .distance(let distance, let delta):
        pack.append(packEntryType: 6, size: delta.count)
        pack.append(baseDistance: distance)
        deflater.deflate(delta.span, into: &pack)
      case .named(let id, let delta):
        pack.append(packEntryType: 7, size: delta.count)
        id.digest.append(to: &pack)
        deflater.deflate(delta.span, into: &pack)
      case .bytes(let bytes): pack += bytes
      }
    }
    return (pack, offsets)
  }

  /// The whole pack.
  public var bytes: [UInt8] { Self.closed(body, algorithm) }

  /// An index that gives the entries these names, whatever they hold. The names are in ascending
  /// order, of SHA-1 and begin with a zero byte; no sum in it is right but the pack's.
  public func index(naming ids: [ObjectID]) -> [UInt8] {
    let (body, offsets) = laidOut
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    for _ in 0..<256 { index.append(bigEndian: UInt32(entries.count)) }
    for id in ids { id.digest.append(to: &index) }
    for _ in ids { index.append(bigEndian: UInt32(0)) }
    for offset in offsets { index.append(bigEndian: UInt32(offset)) }
    ChecksumHasher.digest(of: body.span, algorithm: algorithm).append(to: &index)
    return index + [UInt8](repeating: 0, count: algorithm.byteCount)
  }

  /// Bytes with their checksum behind them.
  public static func closed(_ bytes: [UInt8], _ algorithm: HashAlgorithm = .sha1) -> [UInt8] {
    var bytes = bytes
    ChecksumHasher.digest(of: bytes.span, algorithm: algorithm).append(to: &bytes)
    return bytes
  }

  /// A delta of these instructions.
  public static func delta(base: Int, result: Int, _ instructions: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(deltaSize: base)
    bytes.append(deltaSize: result)
    return bytes + instructions
  }

  /// A delta that keeps the first bytes of its base and puts others behind them.
  public static func delta(base: Int, keeping kept: Int, then tail: [UInt8]) -> [UInt8] {
    let copy: [UInt8] = [0x80 | 0x10 | 0x20, UInt8(kept & 255), UInt8(kept >> 8 & 255)]
    return delta(
      base: base, result: kept + tail.count, copy + [UInt8(tail.count)] + tail)
  }

  /// The name of a blob.
  public static func id(
    _ bytes: [UInt8], _ algorithm: HashAlgorithm = .sha1
  ) throws -> ObjectID {
    try RawObject(kind: .blob, body: bytes).id(algorithm)
  }
}
