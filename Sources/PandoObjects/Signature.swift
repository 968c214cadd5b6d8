public import PandoBytes

/// Who and when: `Name <email> seconds zone`, kept as the bytes that history has.
///
/// Reading takes fields from the right, because names hold anything; writing cleans as Git does.
public struct Signature: Hashable, Sendable {
  /// The exact bytes.
  public let bytes: [UInt8]

  /// Wraps bytes from history.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// A moment and the zone it was written in.
  public struct Time: Hashable, Sendable {
    /// Seconds since 1970 in UTC.
    public var seconds: Int64
    /// The zone as Git writes it in decimal: +0530 is 530, which is 5 hours and 30 minutes.
    public var zone: Int

    /// Names a moment; `zone` is Git's decimal hhmm.
    public init(seconds: Int64, zone: Int) {
      self.seconds = seconds
      self.zone = zone
    }

    /// Names a moment in a zone east of UTC by `offsetMinutes`.
    public init(seconds: Int64, offsetMinutes: Int) {
      let size = offsetMinutes.magnitude
      self.seconds = seconds
      self.zone = (offsetMinutes < 0 ? -1 : 1) * Int(clamping: size / 60 &* 100 + size % 60)
    }

    /// The zone's distance east of UTC in minutes.
    public var offsetMinutes: Int {
      let size = zone.magnitude
      return (zone < 0 ? -1 : 1) * Int(size / 100 * 60 + size % 100)
    }

    /// `seconds ±hhmm`, as objects and reflogs have it.
    public var text: String {
      let digits = String(zone.magnitude)
      let padding = String(repeating: "0", count: max(0, 4 - digits.count))
      return "\(seconds) \(zone < 0 ? "-" : "+")\(padding)\(digits)"
    }
  }

  /// Makes a signature. Drops LF, NUL, `<` and `>`, and strips punctuation and control bytes from
  /// the ends of both names, as Git does.
  public init(name: String, email: String, time: Time) {
    self.init(Identity(name: name, email: email), time: time)
  }

  /// Who signs, cleaned already: for many signatures of one.
  package struct Identity: Hashable, Sendable {
    fileprivate let bytes: [UInt8]

    package init(name: String, email: String) {
      var line = Signature.cleaned(Array(name.utf8))
      line.append(text: " <")
      line.append(contentsOf: Signature.cleaned(Array(email.utf8)))
      line.append(text: "> ")
      bytes = line
    }
  }

  package init(_ identity: Identity, time: Time) {
    var line = identity.bytes
    line.append(text: time.text)
    bytes = line
  }

  /// Whether a name still has something after Git's cleaning.
  public static func isUsable(name: String) -> Bool { !cleaned(Array(name.utf8)).isEmpty }

  private static func cleaned(_ bytes: [UInt8]) -> [UInt8] {
    func isCrud(_ byte: UInt8) -> Bool { byte <= 32 || ".,:;<>\"\\'".utf8.contains(byte) }
    let stripped = bytes.drop(while: isCrud).reversed().drop(while: isCrud).reversed()
    return stripped.filter {
      $0 != 10 && $0 != 0 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
    }
  }
}

extension Signature {
  /// What stands before the address, without the spaces around it.
  public var name: ByteString {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "<")) else { return "" }
    let name = bytes[..<open]
    let start = name.firstIndex { $0 != 32 } ?? open
    let end = name.lastIndex { $0 != 32 }.map { $0 + 1 } ?? start
    return ByteString(Array(bytes[start..<max(start, end)]))
  }

  /// What stands between the first `<` and the `>` after it.
  public var email: ByteString {
    guard let open = bytes.firstIndex(of: UInt8(ascii: "<")) else { return "" }
    let rest = bytes[(open + 1)...]
    return ByteString(Array(rest[..<(rest.firstIndex(of: UInt8(ascii: ">")) ?? rest.endIndex)]))
  }

  /// When; nil when it cannot be read as a count of seconds.
  public var time: Time? {
    guard let close = bytes.lastIndex(of: UInt8(ascii: ">")) else { return nil }
    let fields = bytes[(close + 1)...].split(whereSeparator: { $0 == 32 || $0 == 9 })
    guard let first = fields.first,
      let seconds = Int64(String(decoding: first, as: UTF8.self))
    else { return nil }
    let zone = fields.count > 1 ? Int(String(decoding: fields[1], as: UTF8.self)) : nil
    return Time(
      seconds: seconds, zone: zone.flatMap { $0.magnitude <= Self.zoneMax ? $0 : nil } ?? 0)
  }

  /// The largest zone that is believed, in Git's decimal hhmm.
  static let zoneMax: UInt = 999_999
}
