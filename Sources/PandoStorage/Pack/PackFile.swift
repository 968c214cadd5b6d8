internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The open file of one pack, read by position, so that a file cut short under us is an error and
/// no crash. Source: gitformat-pack.
final class PackFile: Sendable {
  /// The bytes before the first entry.
  static let headerBytes = 12

  let file: any ReadableFile
  let hashAlgorithm: HashAlgorithm
  /// The number that tells this pack's windows and cached bases from those of others.
  let number: UInt32
  /// The pieces in memory of this pack and others.
  let blocks: PackBlocks
  /// Where the entries end and the checksum begins.
  let end: Int
  /// How many objects the pack says it has.
  let count: Int
  /// The checksum that the pack ends in.
  let checksum: Digest

  /// Takes over an open pack, which must be the one that `index`, when there is one, belongs to.
  /// Reads header and trailer.
  init(
    _ file: any ReadableFile, number: UInt32, algorithm: HashAlgorithm, index: PackIndex?,
    blocks: PackBlocks
  ) throws(PandoError) {
    self.file = file
    self.number = number
    self.blocks = blocks
    hashAlgorithm = algorithm
    end = file.size - algorithm.byteCount
    guard end >= Self.headerBytes else { throw Self.corrupt(file.path, "ends too early", at: 0) }
    let header: [UInt8]
    let trailer: [UInt8]
    do {
      header = try file.read(at: 0, count: Self.headerBytes)
      trailer = try file.read(at: end, count: algorithm.byteCount)
    } catch {
      throw .refused("pack \(file.path)", error)
    }
    do throws(ParseError) {
      count = try Self.parseHeader(header.span)
      guard let checksum = Digest(trailer.span, algorithm: algorithm) else {
        throw ParseError("pack", "ends too early", at: end)
      }
      self.checksum = checksum
      guard let index else { return }
      guard count == index.count else {
        throw ParseError("pack", "has another number of objects than its index", at: 8)
      }
      guard checksum == index.packChecksum else {
        throw ParseError("pack", "does not end in the checksum its index has", at: end)
      }
    } catch {
      throw .corrupt("pack \(file.path)", error)
    }
  }

  /// Reads a pack's header and returns its number of objects. Versions 2 and 3 are the same here.
  static func parseHeader(_ bytes: Span<UInt8>) throws(ParseError) -> Int {
    var reader = ByteReader(bytes, format: "pack")
    guard reader.skip("PACK") else { throw reader.error("does not begin with PACK") }
    let version = try reader.uint32()
    guard version == 2 || version == 3 else {
      throw reader.error("has the unknown version \(version)")
    }
    return Int(try reader.uint32())
  }

  /// The pack at `path` is wrong at `offset`.
  static func corrupt(_ path: FilePath, _ reason: String, at offset: Int) -> PandoError {
    .corrupt("pack \(path)", ParseError("pack entry", reason, at: offset))
  }

  func corrupt(_ reason: String, at offset: Int) -> PandoError {
    Self.corrupt(file.path, reason, at: offset)
  }

  func corrupt(_ error: ParseError, at offset: Int) -> PandoError {
    .corrupt("pack \(file.path): the entry at offset \(offset)", error)
  }
}
