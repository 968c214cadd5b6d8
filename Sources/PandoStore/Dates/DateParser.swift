/// Reads dates that are written out: RFC 2822, ISO 8601, seconds since 1970, and what people make
/// of them. Understands what git 2.39 understands, guesses included.
package struct DateParser {
  private let bytes: [UInt8]
  private let clock: LocalTime
  private var position = 0
  private var time = CalendarTime()
  private var offset: Int?
  private var isUTC = false

  /// Reads `text` with a clock for the zone of dates without one.
  package init(_ text: [UInt8], _ clock: LocalTime) {
    bytes = text
    self.clock = clock
  }

  /// The moment and the zone's distance from UTC in minutes; nil for what is no full date.
  package mutating func read() -> (seconds: Int64, offsetMinutes: Int)? {
    if byte(0) == UInt8(ascii: "@"), let stamp = headerDate(from: 1) { return stamp }
    while let next = byte(position), next != 10 {
      let count: Int
      if next.isLetter {
        count = matchWord()
      } else if next.isDigit {
        count = matchNumber()
      } else if next == UInt8(ascii: "-") || next == UInt8(ascii: "+"),
        byte(position + 1)?.isDigit == true, time.hour != -1
      {
        count = matchZone()
      } else {
        count = 1
      }
      position += max(1, count)
    }
    return result()
  }

  private func result() -> (seconds: Int64, offsetMinutes: Int)? {
    guard (70...199).contains(time.year), (0...11).contains(time.month), time.hour >= 0,
      time.minute >= 0, time.second >= 0
    else { return nil }
    // Git counts days by hand, so that -1 is the day before the day before the first.
    let seconds = time.utcSeconds
    guard seconds != -1 else { return nil }
    if let offset { return (isUTC ? seconds : seconds - Int64(offset) * 60, offset) }
    let local = clock.seconds(ofLocal: time)
    let minutes = Int((seconds - local) / 60)
    return (isUTC ? seconds : seconds - Int64(minutes) * 60, minutes)
  }

  private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  /// `@seconds ±hhmm`, as objects have it.
  private func headerDate(from start: Int) -> (seconds: Int64, offsetMinutes: Int)? {
    guard let (stamp, end) = bytes.unsignedNumber(at: start), byte(end) == 32,
      let sign = byte(end + 1), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let (zone, zoneEnd) = bytes.unsignedNumber(at: end + 2), zoneEnd == end + 6,
      zoneEnd == bytes.count || bytes[zoneEnd] == 10
    else { return nil }
    let minutes = Int(zone) / 100 * 60 + Int(zone) % 100
    return (stamp, sign == UInt8(ascii: "-") ? -minutes : minutes)
  }

  // MARK: Words

  private mutating func matchWord() -> Int {
    for (index, name) in CalendarTime.monthNames.enumerated() {
      let count = bytes.matchLength(at: position, name)
      if count >= 3 {
        time.month = index
        return count
      }
    }
    for (index, name) in CalendarTime.weekdayNames.enumerated() {
      let count = bytes.matchLength(at: position, name + "s")
      if count >= 3 {
        time.weekday = index
        return count
      }
    }
    for zone in TimeZoneName.all {
      let count = bytes.matchLength(at: position, zone.name)
      if count >= 3 || count == zone.name.utf8.count {
        if offset == nil { offset = 60 * zone.hours }
        return count
      }
    }
    if bytes.matchLength(at: position, "PM") == 2 {
      time.hour = time.hour % 12 + 12
      return 2
    }
    if bytes.matchLength(at: position, "AM") == 2 {
      time.hour %= 12
      return 2
    }
    var end = position + 1
    while byte(end)?.isLetter == true { end += 1 }
    return end - position
  }

  // MARK: Numbers

  private var hasNothing: Bool {
    time.year < 0 && time.month < 0 && time.day < 0 && time.hour < 0 && time.minute < 0
      && time.second < 0
  }

  private mutating func matchNumber() -> Int {
    guard let (number, end) = bytes.unsignedNumber(at: position) else { return 1 }
    if number >= 100_000_000, hasNothing, number < Self.secondsMax {
      time = CalendarTime(utcSeconds: number)
      isUTC = true
      return end - position
    }
    if let sign = byte(end), ":./-".utf8.contains(sign), byte(end + 1)?.isDigit == true,
      let next = time.read(number, sign, bytes, at: end, clock, now: nil)
    {
      return next - position
    }
    let count = end - position
    if count == 8 || count == 6 { return matchCompact(Int(number), count, end) }
    matchLoose(Int(clamping: number), count)
    return count
  }

  /// The last second of a year that a calendar of 32-bit years can show.
  private static let secondsMax: Int64 = 67_768_036_191_676_799

  /// `yyyymmdd` or `hhmmss`.
  private mutating func matchCompact(_ number: Int, _ count: Int, _ end: Int) -> Int {
    let (one, two, three) = (number / 10_000, number % 10_000 / 100, number % 100)
    var end = end
    if count == 8 {
      _ = time.setDate(year: one, month: two, day: three)
    } else if time.setTime(one, two, three), byte(end) == UInt8(ascii: "."),
      let fraction = bytes.unsignedNumber(at: end + 1)
    {
      end = fraction.end
    }
    return end - position
  }

  private mutating func matchLoose(_ number: Int, _ count: Int) {
    if count == 4 {
      if number <= 1400, offset == nil {
        offset = number / 100 * 60 + number % 100
      } else if number > 1900, number < 2100 {
        time.year = number - 1900
      }
      return
    }
    guard count <= 2 else { return }
    if number > 0, number < 32, time.day < 0 {
      time.day = number
      return
    }
    if count == 2, time.year < 0 {
      if number < 10, time.day >= 0 {
        time.year = number + 100
        return
      }
      if number >= 70 {
        time.year = number
        return
      }
    }
    if number > 0, number < 13, time.month < 0 { time.month = number - 1 }
  }

  private mutating func matchZone() -> Int {
    guard let (number, end) = bytes.unsignedNumber(at: position + 1) else { return 1 }
    var (hour, minute) = (Int(clamping: number), 0)
    var last = end
    switch end - position - 1 {
    case 4: (hour, minute) = (hour / 100, hour % 100)
    case 2:
      if byte(end) == UInt8(ascii: ":") {
        let field = bytes.unsignedNumber(at: end + 1)
        last = field?.end ?? end + 1
        minute = last - position - 1 == 5 ? Int(clamping: field?.value ?? 0) : 99
      }
    default: minute = 99
    }
    if minute < 60, hour < 24 {
      let total = hour * 60 + minute
      offset = bytes[position] == UInt8(ascii: "-") ? -total : total
    }
    return last - position
  }
}

extension CalendarTime {
  /// Whether a date is filled in.
  private var hasDate: Bool { year != -1 && month != -1 && day != -1 }

  /// Sets the date when it can be one. A year of nil is left alone; with `now`, dates more than ten
  /// days ahead are refused.
  mutating func setDate(year wanted: Int?, month: Int, day: Int, now: Int64? = nil) -> Bool {
    guard (1...12).contains(month), (1...31).contains(day) else { return false }
    var check = self
    check.month = month - 1
    check.day = day
    if now == nil {
      // Git keeps these even when it then refuses the year.
      self.month = check.month
      self.day = check.day
    }
    switch wanted {
    case nil:
      guard let now else {
        self = check
        return true
      }
      check.year = CalendarTime(utcSeconds: now).year
    case let year? where (1970..<2100).contains(year): check.year = year - 1900
    case let year? where year > 70 && year < 100: check.year = year
    case let year? where year < 38: check.year = year + 100
    default: return false
    }
    if let now, check.isConvertible, check.utcSeconds > now + 10 * 24 * 3600 { return false }
    self.month = check.month
    self.day = check.day
    if wanted != nil { year = check.year }
    return true
  }

  private var isConvertible: Bool {
    (70...199).contains(year) && hour >= 0 && minute >= 0 && second >= 0
  }

  /// Sets the time of day when it can be one.
  mutating func setTime(_ hour: Int, _ minute: Int, _ second: Int) -> Bool {
    guard (0...24).contains(hour), (0..<60).contains(minute), (0...60).contains(second) else {
      return false
    }
    (self.hour, self.minute, self.second) = (hour, minute, second)
    return true
  }

  /// Reads two or three numbers with the same sign between them as a time or a date; nil when they
  /// are neither, else where they end.
  mutating func read(
    _ first: Int64, _ sign: UInt8, _ bytes: [UInt8], at end: Int, _ clock: LocalTime, now: Int64?
  ) -> Int? {
    guard var (second, end) = bytes.unsignedNumber(at: end + 1) else { return nil }
    var third: Int64?
    if end < bytes.count, bytes[end] == sign, let field = bytes.unsignedNumber(at: end + 1) {
      (third, end) = field
    }
    let (one, two) = (Int(clamping: first), Int(clamping: second))
    let three = third.map { Int(clamping: $0) }
    guard sign == UInt8(ascii: ":") else {
      return readDate(one, two, three, sign, now ?? clock.now) ? end : nil
    }
    guard setTime(one, two, three ?? 0) else { return nil }
    if end < bytes.count, bytes[end] == UInt8(ascii: "."), hasDate,
      let fraction = bytes.unsignedNumber(at: end + 1)
    {
      second = fraction.value
      end = fraction.end
    }
    return end
  }

  private mutating func readDate(
    _ one: Int, _ two: Int, _ three: Int?, _ sign: UInt8, _ now: Int64
  ) -> Bool {
    if one > 70 {
      if setDate(year: one, month: two, day: three ?? -1) { return true }
      if setDate(year: one, month: three ?? -1, day: two) { return true }
    }
    let isDotted = sign == UInt8(ascii: ".")
    if !isDotted, setDate(year: three, month: one, day: two, now: now) { return true }
    if setDate(year: three, month: two, day: one, now: now) { return true }
    return isDotted && setDate(year: three, month: one, day: two, now: now)
  }
}

extension LocalTime {
  /// The moment at which local time shows these fields, taken as UTC when no offset fits.
  func seconds(ofLocal time: CalendarTime) -> Int64 {
    let fields = time.utcSeconds
    let first = fields - Int64(utcOffsetMinutes(fields)) * 60
    return fields - Int64(utcOffsetMinutes(first)) * 60
  }

  /// The offset now in force, for dates reckoned from now.
  func local(_ seconds: Int64) -> (time: CalendarTime, offset: Int) {
    let offset = utcOffsetMinutes(seconds)
    return (CalendarTime(utcSeconds: seconds &+ Int64(offset) * 60), offset)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isLetter: Bool { self & 0xDF >= 65 && self & 0xDF <= 90 }
}

extension [UInt8] {
  /// The decimal number at `start` and where it ends; nil when there is no digit. Too large a
  /// number becomes the largest.
  func unsignedNumber(at start: Int) -> (value: Int64, end: Int)? {
    var end = start
    var value: Int64 = 0
    while end < count, self[end].isDigit {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(self[end]) - 48)
      value = overflow || carry ? .max : sum
      end += 1
    }
    return end > start ? (value, end) : nil
  }

  /// How many bytes from `start` are those of `word` in either case; 0 when a letter or digit
  /// follows that is not.
  func matchLength(at start: Int, _ word: String) -> Int {
    let letters = Array(word.utf8)
    var length = 0
    while start + length < count {
      let byte = self[start + length]
      let wanted = length < letters.count ? letters[length] : 0
      if byte == wanted || byte.isLetter && byte & 0xDF == wanted & 0xDF {
        length += 1
        continue
      }
      return byte.isLetter || byte.isDigit ? 0 : length
    }
    return length
  }
}

/// The names of time zones that Git knows, and their hours from UTC, summer time included.
enum TimeZoneName {
  static let all: [(name: String, hours: Int)] = [
    ("IDLW", -12), ("NT", -11), ("CAT", -10), ("HST", -10), ("HDT", -9), ("YST", -9), ("YDT", -8),
    ("PST", -8), ("PDT", -7), ("MST", -7), ("MDT", -6), ("CST", -6), ("CDT", -5), ("EST", -5),
    ("EDT", -4), ("AST", -3), ("ADT", -2), ("WAT", -1), ("GMT", 0), ("UTC", 0), ("Z", 0),
    ("WET", 0), ("BST", 1), ("MET", 1), ("MEWT", 1), ("MEST", 2), ("CET", 1), ("CEST", 2),
    ("MESZ", 2), ("FWT", 1), ("FST", 2), ("EET", 2), ("EEST", 3), ("WAST", 7), ("WADT", 8),
    ("CCT", 8), ("JST", 9), ("EAST", 10), ("EADT", 11), ("GST", 10), ("NZT", 12), ("NZST", 12),
    ("NZDT", 13), ("IDLE", 12),
  ]
}
