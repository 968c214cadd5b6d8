public import PandoBytes
public import PandoObjects

/// The bytes of a loose object's file: one zlib stream that holds kind, space, decimal size, NUL
/// and body. Source: gitformat-loose.
public enum LooseObjectCoding {
  /// A header is over within this many bytes, as in Git.
  static let headerBytesMax = 32
  private static let format = "loose object"

  /// Reads the object that `file` holds. Throws for a damaged stream, a header that is not exactly
  /// as Git writes it, another size than the header's, bytes behind the stream, and a body above
  /// `limit`.
  public static func decode(
    _ file: Span<UInt8>, _ inflater: inout Inflater, limit: Int = Limits.objectBytes
  ) throws(ParseError) -> RawObject {
    inflater.restart()
    var position = 0
    var isAtEnd = false
    let start = try [UInt8](capacity: headerBytesMax) { (output) throws(ParseError) in
      let step = try inflater.step(file, into: &output)
      position = step.consumed
      isAtEnd = step.isAtEnd
    }
    let (header, length) = try parseHeader(start.span)
    guard header.size <= limit else {
      throw ParseError(format, "has \(header.size) bytes, above the limit of \(limit)", at: 0)
    }
    var body = Array(start[length...])
    let rest = header.size - body.count
    guard rest >= 0, rest == 0 || !isAtEnd else {
      throw ParseError(format, "has another size than its header says", at: position)
    }
    if !isAtEnd {
      _ = try inflater.finish(size: rest, appendingTo: &body) {
        (inflater, output) throws(ParseError) in
        let step = try inflater.step(file.extracting(position..<file.count), into: &output)
        position += step.consumed
        return (step, position < file.count)
      }
    }
    guard position == file.count else {
      throw ParseError(format, "has bytes behind its end", at: position)
    }
    return RawObject(kind: header.kind, body: body)
  }

  /// Reads kind and size from the first bytes of a file; the rest is not looked at.
  public static func decodeHeader(
    _ file: Span<UInt8>, _ inflater: inout Inflater
  ) throws(ParseError) -> ObjectHeader {
    let start = try inflater.inflatePrefix(file, count: headerBytesMax)
    return try parseHeader(start.span).header
  }

  /// Writes the file of an object.
  public static func encode(
    _ object: RawObject, _ deflater: inout Deflater, into file: inout [UInt8]
  ) {
    let header = object.kind.header(size: object.body.count)
    deflater.restart()
    deflater.update(header.span, into: &file)
    deflater.update(object.body.span, into: &file)
    deflater.finish(into: &file)
  }

  /// Reads the header that `bytes` begins with, and tells its length, its NUL included.
  static func parseHeader(
    _ bytes: Span<UInt8>
  ) throws(ParseError) -> (header: ObjectHeader, length: Int) {
    var reader = ByteReader(bytes, format: format)
    guard let word = reader.take(until: UInt8(ascii: " ")),
      let kind = ObjectKind.allCases.first(where: {
        ByteString($0.name) == ByteString(copying: bytes.extracting(word))
      })
    else { throw reader.error("has an unknown kind") }
    guard let digits = reader.take(until: 0), !digits.isEmpty else {
      throw reader.error("has a header without an end")
    }
    var size = 0
    for index in digits {
      let digit = Int(bytes[index]) - Int(UInt8(ascii: "0"))
      guard (0...9).contains(digit), size <= (Int.max - digit) / 10,
        digits.count == 1 || bytes[digits.lowerBound] != UInt8(ascii: "0")
      else { throw ParseError(format, "has a size that is no plain number", at: index) }
      size = size * 10 + digit
    }
    return (ObjectHeader(kind: kind, size: size), reader.offset)
  }
}
