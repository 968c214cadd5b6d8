internal import PandoBytes
public import PandoStore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A `Codable` type that a store keeps as JSON: naming the protocol is all there is to do.
///
///     struct Note: JSONContents { var text: String }
///
/// Keys are sorted and slashes stand as they are, so that equal values have equal bytes; a line end
/// closes the file, as text tools expect. Encoder and decoder can be replaced, for dates or key
/// names. For a type that cannot conform itself there is the wrapper `JSON`.
public protocol JSONContents: Contents, Codable {
  /// Makes the encoder of each value.
  static func makeEncoder() -> JSONEncoder
  /// Makes the decoder of each value.
  static func makeDecoder() -> JSONDecoder
}

extension JSONContents {
  /// An encoder that sorts keys and leaves slashes alone.
  public static func makeEncoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// A decoder as it comes.
  public static func makeDecoder() -> JSONDecoder { JSONDecoder() }

  /// Decodes the value; throws what the decoder throws.
  public init(parsing bytes: Span<UInt8>) throws {
    self = try Self.makeDecoder().decode(Self.self, from: Data([UInt8](copying: bytes)))
  }

  /// Encodes the value and ends the line; throws what the encoder throws.
  public func serialize(into bytes: inout [UInt8]) throws {
    bytes.append(contentsOf: try Self.makeEncoder().encode(self))
    bytes.append(UInt8(ascii: "\n"))
  }
}

/// Any `Codable` value as JSON, for types that are not one's own: `Store<JSON<[String: Int]>>`.
public struct JSON<Value: Codable & Equatable & Sendable>: JSONContents {
  /// The value itself.
  public var value: Value

  /// Wraps a value.
  public init(_ value: Value) { self.value = value }

  /// Decodes the value itself, without a wrapper around it.
  public init(from decoder: any Decoder) throws { value = try Value(from: decoder) }
  /// Encodes the value itself, without a wrapper around it.
  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
