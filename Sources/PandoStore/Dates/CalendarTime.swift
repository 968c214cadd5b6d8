/// A moment as a calendar and a clock show it. Fields may be unknown, and be out of their range
/// while a date is worked out.
struct CalendarTime: Hashable, Sendable {
  /// Years since 1900; negative when unknown.
  var year = -1
  /// 0 for January; negative when unknown.
  var month = -1
  /// 1 for the first; negative when unknown.
  var day = -1
  var hour = -1
  var minute = -1
  var second = -1
  /// 0 for Sunday.
  var weekday = 0
  /// The day of the year, 0 for the first of January.
  var yearDay = 0

  /// A moment of which nothing is known.
  init() {}

  /// A count of seconds since 1970, by the proleptic Gregorian calendar.
  init(utcSeconds seconds: Int64) {
    let remainder = Int(seconds % 86_400)
    let left = remainder < 0 ? remainder + 86_400 : remainder
    let whole = Int(seconds / 86_400) - (remainder < 0 ? 1 : 0)
    let date = Self.date(ofDay: whole)
    year = date.year - 1900
    month = date.month
    day = date.day
    hour = left / 3600
    minute = left / 60 % 60
    second = left % 60
    weekday = ((whole + 4) % 7 + 7) % 7
    yearDay = whole - Self.dayNumber(year: date.year, month: 0, day: 1)
  }

  /// The seconds since 1970 of the fields as they are, taken as UTC; out of range fields carry
  /// over, and years that 64 bits of seconds cannot reach wrap around.
  var utcSeconds: Int64 {
    let days = Self.dayNumber(year: year + 1900, month: month, day: day)
    let ofDay = Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
    return Int64(days) &* 86_400 &+ ofDay
  }

  /// Days since 1970 of a date; the month may be any number. Source: the civil-from-days algorithms
  /// of H. Hinnant, over eras of 400 years that begin in March.
  static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let carry = (month - (month < 0 ? 11 : 0)) / 12
    let month = month - carry * 12
    let year = year + carry - (month < 2 ? 1 : 0)
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = (shiftedMonth + 2) % 12
    let year = yearOfEra + era * 400 + (month < 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension CalendarTime {
  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  static let weekdayNames = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// Three letters, as dates are printed.
  var monthAbbreviation: Substring { Self.monthNames[((month % 12) + 12) % 12].prefix(3) }

  /// Three letters, as dates are printed.
  var weekdayAbbreviation: Substring { Self.weekdayNames[((weekday % 7) + 7) % 7].prefix(3) }
}
