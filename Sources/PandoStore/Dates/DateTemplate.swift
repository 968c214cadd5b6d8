/// What strftime of the C locale makes of a format. `%z` is the zone as Git has it.
struct DateTemplate {
  let time: CalendarTime
  let zone: String
  let seconds: Int64
  /// Whether `%Z` may say anything; Git leaves it empty for zones that it has only as numbers.
  let showsZoneName: Bool

  func text(_ format: String) -> String {
    var result = ""
    var rest = Substring(format)
    while let character = rest.popFirst() {
      guard character == "%" else {
        result.append(character)
        continue
      }
      guard let sign = rest.popFirst() else {
        result.append("%")
        break
      }
      result += field(sign) ?? "%\(sign)"
    }
    return result
  }

  private var hour12: Int { time.hour % 12 == 0 ? 12 : time.hour % 12 }

  private func field(_ sign: Character) -> String? { dateField(sign) ?? timeField(sign) }

  private func dateField(_ sign: Character) -> String? {
    let year = time.year + 1900
    switch sign {
    case "a": return String(time.weekdayAbbreviation)
    case "A": return CalendarTime.weekdayNames[time.weekday]
    case "b", "h": return String(time.monthAbbreviation)
    case "B": return CalendarTime.monthNames[time.month]
    case "c": return text("%a %b %e %H:%M:%S %Y")
    case "C": return DateFormat.padded(year / 100)
    case "d": return DateFormat.padded(time.day)
    case "D", "x": return text("%m/%d/%y")
    case "e": return time.day < 10 ? " \(time.day)" : String(time.day)
    case "F": return text("%Y-%m-%d")
    case "g": return DateFormat.padded(isoWeek.year % 100)
    case "G": return String(isoWeek.year)
    case "j": return DateFormat.padded(time.yearDay + 1, 3)
    case "m": return DateFormat.padded(time.month + 1)
    case "u": return String(time.weekday == 0 ? 7 : time.weekday)
    case "U": return DateFormat.padded((time.yearDay + 7 - time.weekday) / 7)
    case "V": return DateFormat.padded(isoWeek.week)
    case "w": return String(time.weekday)
    case "W": return DateFormat.padded((time.yearDay + 7 - (time.weekday + 6) % 7) / 7)
    case "y": return DateFormat.padded(year % 100)
    case "Y": return String(year)
    default: return nil
    }
  }

  private func timeField(_ sign: Character) -> String? {
    switch sign {
    case "H": DateFormat.padded(time.hour)
    case "I": DateFormat.padded(hour12)
    case "k": time.hour < 10 ? " \(time.hour)" : String(time.hour)
    case "l": hour12 < 10 ? " \(hour12)" : String(hour12)
    case "M": DateFormat.padded(time.minute)
    case "n": "\n"
    case "p": time.hour < 12 ? "AM" : "PM"
    case "P": time.hour < 12 ? "am" : "pm"
    case "r": text("%I:%M:%S %p")
    case "R": text("%H:%M")
    case "s": secondsText
    case "S": DateFormat.padded(time.second)
    case "t": "\t"
    case "T", "X": DateFormat.clock(time)
    case "z": zone
    case "Z": ""
    case "%": "%"
    default: nil
    }
  }

  /// Git works the seconds out of the fields again, which it cannot beyond 2099.
  private var secondsText: String {
    if (70...199).contains(time.year) { return String(seconds) }
    return String(UInt64(bitPattern: -1 - (time.utcSeconds - seconds)))
  }

  /// The week by ISO 8601, which begins on Monday, and the year that the week belongs to.
  private var isoWeek: (year: Int, week: Int) {
    let year = time.year + 1900
    let monday = (time.weekday + 6) % 7
    let week = (time.yearDay - monday + 10) / 7
    if week < 1 { return (year - 1, Self.weeks(in: year - 1)) }
    if week > Self.weeks(in: year) { return (year + 1, 1) }
    return (year, week)
  }

  private static func weeks(in year: Int) -> Int {
    let first = CalendarTime.dayNumber(year: year, month: 0, day: 1)
    let last = CalendarTime.dayNumber(year: year, month: 11, day: 31)
    func isThursday(_ day: Int) -> Bool { ((day + 4) % 7 + 7) % 7 == 4 }
    return isThursday(first) || isThursday(last) ? 53 : 52
  }
}
