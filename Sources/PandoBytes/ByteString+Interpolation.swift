/// Text with names in it: `"\(path) was deleted"` has the bytes of the path as they are.
extension ByteString: ExpressibleByStringInterpolation {
  /// Collects the bytes of a text with names in it.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    public mutating func appendLiteral(_ literal: String) { bytes += literal.utf8 }

    /// Appends a name.
    public mutating func appendInterpolation(_ name: ByteString) { bytes += name.bytes }

    /// Appends a value as text.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      bytes += value.description.utf8
    }
  }

  public init(stringInterpolation text: StringInterpolation) { self.init(text.bytes) }
}
