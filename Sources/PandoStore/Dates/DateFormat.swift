public import PandoObjects

/// The ways that Git prints a date: `--date=` of git-log.
public struct DateFormat: Hashable, Sendable {
  /// What is printed.
  public enum Style: Hashable, Sendable {
    /// `Thu Apr 7 15:13:13 2005 -0700`.
    case normal
    /// `2005-04-07 15:13:13 -0700`.
    case iso
    /// `2005-04-07T15:13:13-07:00`.
    case isoStrict
    /// `Thu, 7 Apr 2005 15:13:13 -0700`.
    case rfc2822
    /// `2005-04-07`.
    case short
    /// `1112911993 -0700`.
    case raw
    /// `1112911993`.
    case unix
    /// `3 weeks ago`.
    case relative
    /// Like `normal`, with what is the same as now left out.
    case human
    /// What strftime makes of a format.
    case custom(String)
  }

  /// What is printed.
  public var style: Style
  /// Whether local time is shown instead of the zone that was written.
  public var isLocal: Bool

  /// Describes a way to print dates.
  public init(_ style: Style, isLocal: Bool = false) {
    self.style = style
    self.isLocal = isLocal
  }

  /// Git's usual form.
  public static let normal = DateFormat(.normal)
  /// A day alone.
  public static let short = DateFormat(.short)
  /// As mail has it.
  public static let rfc2822 = DateFormat(.rfc2822)
  /// Time that has passed.
  public static let relative = DateFormat(.relative)
  /// Close to ISO 8601.
  public static let iso = DateFormat(.iso)
  /// ISO 8601.
  public static let isoStrict = DateFormat(.isoStrict)

  /// Reads the value of `--date=`. Throws `.invalidInput` with Git's words for an unknown one.
  public init(named name: String) throws(PandoError) {
    if name.hasPrefix("format:") {
      self.init(.custom(String(name.dropFirst("format:".count))))
      return
    }
    if name.hasPrefix("format-local:") {
      self.init(.custom(String(name.dropFirst("format-local:".count))), isLocal: true)
      return
    }
    if name == "local" {
      self.init(.normal, isLocal: true)
      return
    }
    let isLocal = name.hasSuffix("-local")
    let base = isLocal ? String(name.dropLast("-local".count)) : name
    let style: Style
    switch base {
    case "default": style = .normal
    case "iso", "iso8601": style = .iso
    case "iso-strict", "iso8601-strict": style = .isoStrict
    case "rfc", "rfc2822": style = .rfc2822
    case "short": style = .short
    case "raw": style = .raw
    case "unix": style = .unix
    case "relative": style = .relative
    case "human", "auto:human": style = .human
    default: throw PandoError(.invalidInput, "unknown date format \(name)")
    }
    self.init(style, isLocal: isLocal)
  }

  /// The date as text. `clock` tells what is local and, for relative dates, when it is now.
  public func text(of moment: Signature.Time, at clock: LocalTime) -> String {
    // A zone that no history has would carry the sum below out of its range.
    var zone = moment.zone.magnitude <= Self.zoneMax ? moment.zone : 0
    if isLocal {
      zone =
        Signature.Time(
          seconds: 0, offsetMinutes: clock.utcOffsetMinutes(moment.seconds)
        ).zone
    }
    switch style {
    case .unix: return String(moment.seconds)
    case .raw: return "\(moment.seconds) \(Self.zoneText(zone))"
    case .relative: return Self.relativeText(moment.seconds, now: clock.now)
    default: break
    }
    var offset = Signature.Time(seconds: 0, zone: zone).offsetMinutes
    var seconds = moment.seconds
    if !Self.isShowable(seconds) { (seconds, offset, zone) = (0, 0, 0) }
    let time = CalendarTime(utcSeconds: seconds + Int64(offset) * 60)
    switch style {
    case .iso: return "\(Self.day(time)) \(Self.clock(time)) \(Self.zoneText(zone))"
    case .isoStrict: return "\(Self.day(time))T\(Self.clock(time))\(Self.strictZone(zone))"
    case .rfc2822:
      return "\(time.weekdayAbbreviation), \(time.day) \(time.monthAbbreviation) "
        + "\(time.year + 1900) \(Self.clock(time)) \(Self.zoneText(zone))"
    case .short: return Self.day(time)
    case .custom(let format):
      return DateTemplate(
        time: time, zone: Self.zoneText(zone), seconds: seconds, showsZoneName: isLocal
      ).text(format)
    case .human: return human(time, seconds, offset, zone, clock)
    case .normal, .raw, .unix, .relative: return normal(time, zone)
    }
  }

  private func normal(_ time: CalendarTime, _ zone: Int) -> String {
    let text =
      "\(time.weekdayAbbreviation) \(time.monthAbbreviation) \(time.day) \(Self.clock(time)) "
      + "\(time.year + 1900)"
    // Git takes the zone -0001 for the mark of having none.
    return isLocal || zone == -1 ? text : "\(text) \(Self.zoneText(zone))"
  }

  /// Leaves out the year when it is this one, the time for older dates, and more for recent ones.
  private func human(
    _ time: CalendarTime, _ seconds: Int64, _ offset: Int, _ zone: Int, _ clock: LocalTime
  ) -> String {
    let (now, nowOffset) = clock.local(clock.now)
    let isThisYear = time.year == now.year
    var (hidesDate, hidesTime, hidesWeekday) = (false, false, false)
    var isRelative = false
    if isThisYear, time.month == now.month {
      if time.day > now.day {
        // A day still to come is shown in full.
      } else if time.day == now.day {
        hidesDate = true
        hidesWeekday = true
        isRelative = true
      } else if time.day + 5 > now.day {
        hidesDate = true
      }
    }
    if isRelative { return Self.relativeText(seconds, now: clock.now) }
    if !hidesDate { hidesWeekday = isThisYear }
    if !hidesDate, !isThisYear { (hidesTime, hidesWeekday) = (true, true) }
    var words: [String] = []
    if !hidesWeekday { words.append(String(time.weekdayAbbreviation)) }
    if !hidesDate { words.append("\(time.monthAbbreviation) \(time.day)") }
    if !hidesTime {
      words.append("\(Self.padded(time.hour)):\(Self.padded(time.minute))")
    }
    if !isThisYear { words.append(String(time.year + 1900)) }
    if !isLocal, !hidesTime, offset != nowOffset { words.append(Self.zoneText(zone)) }
    return words.joined(separator: " ")
  }
}

extension DateFormat {
  /// The last second of the year 9999 times a few: beyond, a calendar has no words.
  private static func isShowable(_ seconds: Int64) -> Bool {
    seconds.magnitude < 67_768_036_191_676_800
  }

  private static let zoneMax: UInt = 999_999
  private static let spanMax: Int64 = 1 << 56

  static func padded(_ value: Int, _ width: Int = 2) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count - (value < 0 ? 1 : 0)))
    return (value < 0 ? "-" : "") + zeros + digits
  }

  static func day(_ time: CalendarTime) -> String {
    "\(padded(time.year + 1900, 4))-\(padded(time.month + 1))-\(padded(time.day))"
  }

  static func clock(_ time: CalendarTime) -> String {
    "\(padded(time.hour)):\(padded(time.minute)):\(padded(time.second))"
  }

  static func zoneText(_ zone: Int) -> String {
    (zone < 0 ? "-" : "+") + padded(Int(zone.magnitude), 4)
  }

  private static func strictZone(_ zone: Int) -> String {
    let size = abs(zone)
    return "\(zone < 0 ? "-" : "+")\(padded(size / 100)):\(padded(size % 100))"
  }

  /// Time that has passed, in the unit that suits it.
  static func relativeText(_ seconds: Int64, now: Int64) -> String {
    guard seconds <= now else { return "in the future" }
    func ago(_ count: Int64, _ unit: String) -> String {
      "\(count) \(unit)\(count == 1 ? "" : "s") ago"
    }
    // Longer spans than any calendar's are cut, so that no sum below can overflow.
    let (span, isOver) = now.subtractingReportingOverflow(seconds)
    var size = isOver ? Self.spanMax : min(span, Self.spanMax)
    if size < 90 { return ago(size, "second") }
    size = (size + 30) / 60
    if size < 90 { return ago(size, "minute") }
    size = (size + 30) / 60
    if size < 36 { return ago(size, "hour") }
    size = (size + 12) / 24
    if size < 14 { return ago(size, "day") }
    if size < 70 { return ago((size + 3) / 7, "week") }
    if size < 365 { return ago((size + 15) / 30, "month") }
    guard size < 1825 else { return ago((size + 183) / 365, "year") }
    let months = (size * 24 + 365) / 730
    let (years, rest) = (months / 12, months % 12)
    if rest == 0 { return ago(years, "year") }
    return "\(years) year\(years == 1 ? "" : "s"), " + ago(rest, "month")
  }
}
