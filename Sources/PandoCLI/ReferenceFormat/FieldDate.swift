internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// How a date field is printed; read only when there is a date, as git complains only then.
struct FieldDate: Hashable, Sendable {
  private let format: String?

  init(_ format: String?) { self.format = format }

  /// The date of a signature line: seconds since 1970, and as text; nil when it has none.
  func value(
    of line: ArraySlice<UInt8>, at clock: LocalTime
  ) throws(PandoError) -> (seconds: Int64, text: String)? {
    var rest = line
    // The first bracket that a space follows ends the address.
    while let close = rest.firstIndex(of: UInt8(ascii: ">")) {
      rest = rest[(close + 1)...]
      if rest.first == 32 { break }
    }
    guard rest.first == 32 else { return nil }
    let fields = rest.split { $0 == 32 || $0 == 9 }
    guard let seconds = Self.number(fields.first ?? []) else { return nil }
    let zone = fields.dropFirst().first.flatMap(Self.number) ?? 0
    let format = try self.format.map { name throws(PandoError) in
      if name.hasPrefix("format"), !name.contains(":") {
        throw .input("date format missing colon separator: \(name)")
      }
      return try DateFormat(named: name)
    }
    let time = Signature.Time(seconds: seconds, zone: Int(clamping: zone))
    return (seconds, (format ?? .normal).text(of: time, at: clock))
  }

  /// The number at the start of a word, 0 when there is none; nil when it is too large.
  private static func number(_ word: ArraySlice<UInt8>) -> Int64? {
    let isNegative = word.first == UInt8(ascii: "-")
    let digits = word.first == UInt8(ascii: "+") || isNegative ? word.dropFirst() : word
    var value: Int64 = 0
    for byte in digits {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = product.addingReportingOverflow(Int64(byte - 48))
      if overflows || overflowsToo { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }
}
