public import PandoBytes

/// The shared shape of commits and tags: header lines, a blank line, a message. Everything is kept,
/// so that parsing and serialising give back the same bytes whatever history contains.
///
/// Source: git-commit-tree, git-mktag and gitformat-signature. A line that begins with a space
/// continues the header above it.
public struct HeaderedText: Hashable, Sendable {
  /// One header; `value` is nil for a line without a space, and holds LF between continued lines.
  public struct Header: Hashable, Sendable {
    /// What stands before the first space.
    public var name: ByteString
    /// What stands after it.
    public var value: [UInt8]?

    /// Makes a header; LF in `value` makes continued lines.
    public init(_ name: ByteString, _ value: [UInt8]?) {
      self.name = name
      self.value = value
    }
  }

  /// The headers in their order.
  public var headers: [Header]
  /// What follows the blank line; nil when there is no blank line.
  public var message: [UInt8]?
  /// Whether the last header line lacks its LF, which only an object without a blank line can do.
  public var isUnterminated = false

  /// Makes a text of headers and a message.
  public init(headers: [Header], message: [UInt8]?) {
    self.headers = headers
    self.message = message
  }

  /// Splits `bytes`; every sequence of bytes can be split. O(n).
  public init(splitting bytes: Span<UInt8>) {
    headers = []
    var position = 0
    while position < bytes.count {
      let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: position)
      if end == position {
        message = [UInt8](copying: bytes.extracting(position + 1..<bytes.count))
        return
      }
      append(line: bytes.extracting(position..<(end ?? bytes.count)))
      isUnterminated = end == nil
      position = (end ?? bytes.count) + 1
    }
  }

  private mutating func append(line: Span<UInt8>) {
    let space = line.firstIndex(of: UInt8(ascii: " "))
    if space == 0, let last = headers.indices.last, headers[last].value != nil {
      headers[last].value?.append(UInt8(ascii: "\n"))
      headers[last].value?.append(copying: line.extracting(1..<line.count))
      return
    }
    guard let space else {
      headers.append(Header(ByteString(copying: line), nil))
      return
    }
    let name = ByteString(copying: line.extracting(0..<space))
    headers.append(Header(name, [UInt8](copying: line.extracting(space + 1..<line.count))))
  }

  /// The exact bytes. O(n).
  public var serialized: [UInt8] {
    var bytes: [UInt8] = []
    for (index, header) in headers.enumerated() {
      bytes.append(contentsOf: header.name.bytes)
      if let value = header.value {
        bytes.append(UInt8(ascii: " "))
        for byte in value {
          bytes.append(byte)
          if byte == UInt8(ascii: "\n") { bytes.append(UInt8(ascii: " ")) }
        }
      }
      if !(isUnterminated && index == headers.count - 1) { bytes.append(UInt8(ascii: "\n")) }
    }
    if let message {
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: message)
    }
    return bytes
  }

  /// The value of the first header of that name, or nil.
  public func value(of name: ByteString) -> [UInt8]? {
    headers.first { $0.name == name }?.value
  }
}
