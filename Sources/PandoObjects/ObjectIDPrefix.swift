public import PandoBytes

/// The first digits of an object's name, as people type them.
public struct ObjectIDPrefix: Hashable, Sendable, CustomStringConvertible {
  /// The fewest digits that may stand for an object.
  public static let digitsMin = 4

  /// The digits, lower case.
  public let hex: String

  /// Reads 4 or more hexadecimal digits of either case; nil for anything else or too many.
  public init?(_ text: some StringProtocol, algorithm: HashAlgorithm) {
    let digits = Array(text.utf8)
    guard digits.count >= Self.digitsMin, digits.count <= algorithm.hexCount,
      digits.allSatisfy({ Hex.value(of: $0) != nil })
    else { return nil }
    hex = text.lowercased()
    lowest = Self.filled(digits, with: UInt8(ascii: "0"), algorithm)
    highest = Self.filled(digits, with: UInt8(ascii: "f"), algorithm)
  }

  /// The first name that could match.
  public let lowest: ObjectID
  /// The last name that could match.
  public let highest: ObjectID

  /// Whether `id` begins with these digits.
  public func matches(_ id: ObjectID) -> Bool { lowest <= id && id <= highest }

  public var description: String { hex }

  private static func filled(
    _ digits: [UInt8], with filler: UInt8, _ algorithm: HashAlgorithm
  ) -> ObjectID {
    let full = digits + [UInt8](repeating: filler, count: algorithm.hexCount - digits.count)
    return ObjectID(hexBytes: full.span) ?? .null(algorithm)
  }
}
