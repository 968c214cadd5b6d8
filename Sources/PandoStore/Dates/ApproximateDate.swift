/// Reads dates as people say them: `yesterday`, `3 weeks ago`, `last tuesday`, `noon`, and every
/// form that is written out. What git 2.39 makes of a text, this makes of it, at the clock's
/// moment.
public struct ApproximateDate: Sendable {
  private let clock: LocalTime

  /// Reads dates at the clock's moment and in its zone.
  public init(_ clock: LocalTime) { self.clock = clock }

  /// Seconds since 1970. Nothing is refused: text without any date is now, as Git has it.
  public func seconds(in text: String) -> Int64 {
    seconds(in: Array(text.utf8), isStrict: false) ?? clock.now
  }

  /// Seconds since 1970; nil for text without any date when `isStrict`.
  public func seconds(in text: [UInt8], isStrict: Bool) -> Int64? {
    let text = Array(text.prefix { $0 != 0 })
    var parser = DateParser(text, clock)
    if let exact = parser.read() { return exact.seconds }
    var reader = ApproximateDateReader(text, clock)
    let seconds = reader.read()
    return isStrict && !reader.isTouched ? nil : seconds
  }
}

/// The state of reading a date word by word. A number waits until what follows gives it a meaning.
struct ApproximateDateReader {
  private let bytes: [UInt8]
  private let clock: LocalTime
  private let now: CalendarTime
  private var time: CalendarTime
  /// The offset that local time had when the fields were last worked out.
  private var offset: Int
  private var number = 0
  /// Whether anything was understood.
  private(set) var isTouched = false

  init(_ bytes: [UInt8], _ clock: LocalTime) {
    self.bytes = bytes
    self.clock = clock
    (now, offset) = clock.local(clock.now)
    time = now
    (time.year, time.month, time.day) = (-1, -1, -1)
  }

  mutating func read() -> Int64 {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte.isDigit {
        usePendingNumber()
        position = readNumber(at: position)
        isTouched = true
      } else if byte.isLetter {
        position = readWord(at: position)
      } else {
        position += 1
      }
    }
    usePendingNumber()
    return update(back: 0)
  }

  /// Fills in what is unknown from now, goes back some seconds, and works the fields out again.
  @discardableResult
  private mutating func update(back seconds: Int64) -> Int64 {
    if time.day < 0 { time.day = now.day }
    if time.month < 0 { time.month = now.month }
    if time.year < 0 {
      time.year = now.year
      if time.month > now.month { time.year -= 1 }
    }
    let moment = time.utcSeconds &- Int64(offset) * 60 &- seconds
    (time, offset) = clock.local(moment)
    return moment
  }

  /// A number that nothing followed is a day, a month or a year, whichever is still unknown.
  private mutating func usePendingNumber() {
    guard number != 0 else { return }
    let value = number
    number = 0
    if time.day < 0, value < 32 {
      time.day = value
    } else if time.month < 0, value < 13 {
      time.month = value - 1
    } else if time.year < 0 {
      if value > 1969, value < 2100 {
        time.year = value - 1900
      } else if value > 69, value < 100 {
        time.year = value
      } else if value < 38 {
        time.year = 100 + value
      }
    }
  }

  private mutating func readNumber(at start: Int) -> Int {
    guard let (value, end) = bytes.unsignedNumber(at: start) else { return start + 1 }
    if end < bytes.count, ":./-".utf8.contains(bytes[end]), end + 1 < bytes.count,
      bytes[end + 1].isDigit,
      let next = time.read(value, bytes[end], bytes, at: end, clock, now: clock.now)
    {
      return next
    }
    // "Dec 02" has a padded number, "Dec 0002" has none.
    if bytes[start] != 48 || end - start <= 2 {
      number = Int(Int32(truncatingIfNeeded: value))
    }
    return end
  }

  private func matches(_ start: Int, _ word: String) -> Bool {
    bytes.matchLength(at: start, word) == word.utf8.count
  }

  private mutating func readWord(at start: Int) -> Int {
    var end = start + 1
    while end < bytes.count, bytes[end].isLetter { end += 1 }
    for (index, name) in CalendarTime.monthNames.enumerated()
    where bytes.matchLength(at: start, name) >= 3 {
      time.month = index
      isTouched = true
      return end
    }
    if readSpecial(at: start) {
      isTouched = true
    } else if number == 0 {
      readNumberWord(at: start)
    } else if readUnit(at: start) {
      isTouched = true
    }
    return end
  }

  private mutating func readSpecial(at start: Int) -> Bool {
    let words = ["yesterday", "noon", "midnight", "tea", "PM", "AM", "never", "now"]
    guard let word = words.first(where: { matches(start, $0) }) else { return false }
    switch word {
    case "yesterday":
      number = 0
      update(back: 86_400)
    case "noon": readHour(12)
    case "midnight": readHour(0)
    case "tea": readHour(17)
    case "PM": readHalf(12)
    case "AM": readHalf(0)
    case "never":
      (time, offset) = clock.local(0)
      number = 0
    default:
      number = 0
      update(back: 0)
    }
    return true
  }

  /// The last time that the clock struck that hour.
  private mutating func readHour(_ hour: Int) {
    usePendingNumber()
    if time.hour < hour { update(back: 86_400) }
    (time.hour, time.minute, time.second) = (hour, 0, 0)
  }

  private mutating func readHalf(_ base: Int) {
    var hour = time.hour
    if number != 0 {
      hour = number
      (time.minute, time.second) = (0, 0)
    }
    number = 0
    time.hour = hour % 12 + base
  }

  private mutating func readNumberWord(at start: Int) {
    let words = [
      "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ]
    if let index = words.firstIndex(where: { matches(start, $0) }) {
      number = index + 1
      isTouched = true
    } else if bytes.matchLength(at: start, "last") == 4 {
      number = 1
      isTouched = true
    }
  }

  private mutating func readUnit(at start: Int) -> Bool {
    let units: [(String, Int64)] = [
      ("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86_400), ("weeks", 604_800),
    ]
    for (name, length) in units
    where bytes.matchLength(at: start, name) >= name.utf8.count - 1 {
      // Git multiplies in 32 bits.
      update(back: Int64(Int32(truncatingIfNeeded: length &* Int64(number))))
      number = 0
      return true
    }
    for (index, name) in CalendarTime.weekdayNames.enumerated()
    where bytes.matchLength(at: start, name + "s") >= 3 {
      let difference = time.weekday - index
      let weeks = number - 1 + (difference <= 0 ? 1 : 0)
      number = 0
      update(back: Int64(Int32(truncatingIfNeeded: (difference + 7 * weeks) &* 86_400)))
      return true
    }
    if bytes.matchLength(at: start, "months") >= 5 {
      update(back: 0)
      let month = time.month - number
      number = 0
      let years = month < 0 ? (11 - month) / 12 : 0
      time.year -= years
      time.month = month + years * 12
      return true
    }
    if bytes.matchLength(at: start, "years") >= 4 {
      update(back: 0)
      time.year -= number
      number = 0
      return true
    }
    return false
  }
}
