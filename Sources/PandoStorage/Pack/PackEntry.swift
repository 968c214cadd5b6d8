internal import PandoBytes
public import PandoObjects

/// The header of one object in a pack: what it is, how large, and where its compressed bytes begin.
public struct PackEntry: Sendable, Hashable {
  /// What the compressed bytes are.
  public enum Content: Sendable, Hashable {
    /// The object's body.
    case whole(ObjectKind)
    /// A delta whose base is the entry at an earlier offset.
    case offsetDelta(base: Int)
    /// A delta whose base is an object of that name.
    case referenceDelta(base: ObjectID)
  }

  /// Where the entry begins, in bytes from the start of the pack.
  public let offset: Int
  /// What it holds.
  public let content: Content
  /// The inflated size: of the body, or of the delta.
  public let size: Int
  /// Where the zlib stream begins.
  public let dataOffset: Int

  /// No header has more bytes than this: ten of the size, and a base distance or name.
  static let headerBytesMax = 10 + 32

  /// Reads the header that `bytes` begins with; it stands at `offset` in its pack. Throws for an
  /// unknown type, a base outside the pack, numbers above 63 bits, and the end of `bytes`.
  static func parse(
    _ bytes: Span<UInt8>, at offset: Int, algorithm: HashAlgorithm
  ) throws(ParseError) -> PackEntry {
    var reader = ByteReader(bytes, format: "pack entry")
    do throws(ParseError) {
      let (type, size) = try reader.packEntryHeader()
      let content: Content
      switch type {
      case 6:
        let distance = try reader.baseDistance()
        guard distance > 0, distance <= offset - PackFile.headerBytes else {
          throw reader.error("has its base outside the pack")
        }
        content = .offsetDelta(base: offset - distance)
      case 7:
        let range = try reader.take(algorithm.byteCount)
        guard let id = ObjectID(bytes.extracting(range), algorithm: algorithm) else {
          throw reader.error("has a base name of the wrong length")
        }
        content = .referenceDelta(base: id)
      default:
        guard let kind = ObjectKind(rawValue: type) else {
          throw reader.error("has the unknown type \(type)")
        }
        content = .whole(kind)
      }
      return PackEntry(
        offset: offset, content: content, size: size, dataOffset: offset + reader.offset)
    } catch {
      throw ParseError(error.format, error.reason, at: offset + error.offset)
    }
  }
}
