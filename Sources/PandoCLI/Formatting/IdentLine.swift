internal import PandoBytes
internal import PandoObjects

/// A line about a person as printing takes it apart, which is stricter about dates and laxer about
/// names than storing: what is malformed is left out and does not stop anything.
struct IdentLine {
  /// What stands before the address, without the space before it.
  let name: [UInt8]
  /// What stands between the first brackets.
  let email: [UInt8]
  /// The digits of the seconds; nil unless both they and a zone are there.
  let secondsDigits: [UInt8]?
  /// The sign and digits of the zone; empty unless both it and seconds are there.
  let zoneDigits: [UInt8]

  /// Takes a line apart; nil without an address.
  init?(_ line: [UInt8]) {
    guard let open = line.firstIndex(of: UInt8(ascii: "<")) else { return nil }
    let before = line[..<open].dropLast()
    let nameEnd = before.lastIndex { !CommitMessageText.isSpace($0) }.map { $0 + 1 } ?? 0
    guard let close = line[(open + 1)...].firstIndex(of: UInt8(ascii: ">")),
      let last = line.lastIndex(of: UInt8(ascii: ">"))
    else { return nil }
    name = Array(line[..<nameEnd])
    email = Array(line[(open + 1)..<close])
    var rest = line[(last + 1)...].drop { CommitMessageText.isSpace($0) }
    let seconds = rest.prefix { (48...57).contains($0) }
    rest = rest.dropFirst(seconds.count).drop { CommitMessageText.isSpace($0) }
    let isSigned = rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-")
    let zone = rest.dropFirst().prefix { (48...57).contains($0) }
    let isDated = !seconds.isEmpty && isSigned && !zone.isEmpty
    secondsDigits = isDated ? Array(seconds) : nil
    zoneDigits = isDated ? Array(rest.prefix(1)) + zone : []
  }

  /// The moment; 1970 in UTC when there is none that can be shown.
  var time: Signature.Time {
    guard let digits = secondsDigits, let seconds = Int64(String(decoding: digits, as: UTF8.self))
    else { return Signature.Time(seconds: 0, zone: 0) }
    let zone = Int32(String(decoding: zoneDigits, as: UTF8.self)) ?? 0
    return Signature.Time(seconds: seconds, zone: abs(Int(zone)) < 1_000_000 ? Int(zone) : 0)
  }
}
