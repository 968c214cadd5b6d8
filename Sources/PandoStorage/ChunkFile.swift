internal import PandoBytes

/// The table of contents of a file made of chunks, as a multi-pack-index and a commit-graph are.
/// Source: gitformat-chunk.
struct ChunkFile: Sendable {
  /// The four bytes that name a chunk.
  struct ID: Hashable, Sendable, CustomStringConvertible {
    let number: UInt32

    init(number: UInt32) { self.number = number }

    /// The name written as four ASCII characters.
    init(_ name: String) {
      number = name.utf8.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    var description: String {
      let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
      let isText = bytes.allSatisfy { (0x21...0x7E).contains($0) }
      return isText ? String(decoding: bytes, as: UTF8.self) : "0x" + String(number, radix: 16)
    }
  }

  /// One chunk and where in the file its bytes are.
  struct Chunk: Hashable, Sendable {
    let id: ID
    let range: Range<Int>
  }

  /// The size of a row of the table.
  static let rowBytes = 12

  /// The chunks in the order of the table.
  let chunks: [Chunk]
  private let format: String
  private let tableStart: Int

  /// Reads the table of `count` chunks, and the row that ends it, at `offset`.
  ///
  /// Throws unless every chunk has another name than zero and than the others, chunks follow each
  /// other behind the table without overlapping, begin at multiples of `alignment`, and end before
  /// `end`, where the file's checksum begins.
  init(
    _ bytes: Span<UInt8>, at offset: Int, count: Int, end: Int, alignment: Int = 1, format: String
  ) throws(ParseError) {
    self.format = format
    tableStart = offset
    // The count is a byte in both formats; the product cannot overflow for any that is.
    guard count >= 0, count <= Int(UInt16.max), end >= offset, end <= bytes.count,
      (end - offset) / Self.rowBytes >= count + 1
    else { throw ParseError(format, "ends before its table of chunks", at: offset) }
    let tableEnd = offset + (count + 1) * Self.rowBytes
    var reader = ByteReader(bytes.extracting(0..<tableEnd), format: format, offset: offset)
    var chunks: [Chunk] = []
    var id = try reader.uint32()
    var start = try Self.position(&reader, from: tableEnd, to: end, alignment)
    for _ in 0..<count {
      let place = reader.offset - Self.rowBytes
      guard id != 0 else {
        throw ParseError(format, "ends its table of chunks too early", at: place)
      }
      let name = ID(number: id)
      guard !chunks.contains(where: { $0.id == name }) else {
        throw ParseError(format, "has the chunk \(name) twice", at: place)
      }
      id = try reader.uint32()
      // The end of the last chunk need not be aligned.
      let next = try Self.position(&reader, from: start, to: end, id == 0 ? 1 : alignment)
      chunks.append(Chunk(id: name, range: start..<next))
      start = next
    }
    guard id == 0 else {
      throw ParseError(format, "has a table of chunks without an end", at: tableEnd)
    }
    self.chunks = chunks
  }

  /// Reads what both formats begin with: the signature, the version, the hash and, given back, the
  /// number of chunks.
  static func chunkCount(
    _ reader: inout ByteReader, signature: ID, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> Int {
    guard try reader.uint32() == signature.number else {
      throw reader.error("does not begin with \(signature)")
    }
    let version = try reader.byte()
    guard version == 1 else { throw reader.error("has the unknown version \(version)") }
    let hash = try reader.byte()
    guard hash == algorithm.rawValue else {
      throw reader.error("names objects by the hash \(hash), not by \(algorithm.name)")
    }
    return Int(try reader.byte())
  }

  private static func position(
    _ reader: inout ByteReader, from start: Int, to end: Int, _ alignment: Int
  ) throws(ParseError) -> Int {
    let place = reader.offset
    guard let position = Int(exactly: try reader.uint64()), position >= start, position <= end
    else { throw ParseError(reader.format, "has a chunk outside its place", at: place) }
    guard position % alignment == 0 else {
      throw ParseError(reader.format, "has a chunk that is not aligned", at: place)
    }
    return position
  }

  /// Where the chunk `id` is; nil when the file has none.
  func range(of id: ID) -> Range<Int>? {
    chunks.first { $0.id == id }?.range
  }

  /// Where the chunk `id` is. Throws when the file has none, and unless it has `size` bytes.
  func requiredRange(of id: ID, size: Int? = nil) throws(ParseError) -> Range<Int> {
    guard let range = range(of: id) else {
      throw ParseError(format, "lacks the chunk \(id)", at: tableStart)
    }
    if let size, range.count != size {
      throw ParseError(
        format, "has a chunk \(id) of \(range.count) bytes in place of \(size)",
        at: range.lowerBound)
    }
    return range
  }
}
