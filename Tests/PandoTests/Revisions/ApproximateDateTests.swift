import Foundation
import PandoObjects
import PandoStore
import PandoTestKit
import Testing

@Suite struct ApproximateDateTests {
  private static let texts = [
    "now", "yesterday", "2.days.ago", "3 weeks ago", "1 year 2 months ago", "last friday", "friday",
    "noon", "midnight", "tea", "noon yesterday", "yesterday noon", "tea yesterday", "10am", "3pm",
    "10:30", "10:30pm", "12:01 yesterday", "6 hours ago", "90 seconds ago", "ten minutes ago",
    "one week ago", "a month ago", "13 months ago", "100 years ago", "never", "@1112911993",
    "@1112911993 +0530", "1112911993", "1112911993 -0700", "20050407", "20050407T221313",
    "20050407T221313Z", "2005-04-07", "2005-04-07 22:13:13", "2005-04-07T22:13:13Z",
    "2005-04-07T22:13:13+0530", "2005-04-07T22:13:13.5-07:00", "2005/04/07", "04/07/2005",
    "07.04.2005", "7.4.05", "4/7/05", "Apr 7 2005", "7 Apr 2005", "April 7", "7 April", "Apr 2005",
    "Thu Apr 7 15:13:13 2005 -0700", "Thu, 7 Apr 2005 15:13:13 -0700",
    "Thu, 07 Apr 2005 22:13:13 EST",
    "2005-04-07 22:13 PDT", "Jan 5", "Dec 31", "dec 31 noon", "5th of may", "2 tuesdays ago",
    "last tuesday", "three sundays ago", "", "garbage", "12345", "99", "1999", "2038-01-19",
    "2100-01-01",
    "1969-12-31 23:59:59", "1970-01-01 00:00:00 +0000", "June 6 1944", "0", "-1", "00:00", "24:00",
    "23:59:60", "yesterday 5pm", "2 days ago 13:00", "2008-02-30", "29 feb 2008", "2.5.1999",
    "noon 3 days ago",
    "1 fortnight ago", "10 9 8 7", "tomorrow", "3.weeks.2.days.ago",
    "2008-12-02 20:09:08.123 +0100",
  ]

  @Test(arguments: texts)
  func `a text means the moment that git takes it for`(text: String) throws {
    let scratch = try TemporaryDirectory()
    let git = GitOracle(in: scratch.path)
    try git("init", "-q")
    // Git has no clock to set: what it says must be so for the second before or after.
    let before = Int64(Date().timeIntervalSince1970)
    let wanted = try git("rev-parse", "--since=\(text)").line
    let after = Int64(Date().timeIntervalSince1970)
    let found = (before...after).map {
      "--max-age=\(UInt64(bitPattern: ApproximateDate(LocalTime(now: $0)).seconds(in: text)))"
    }
    #expect(found.contains(wanted), "git says \(wanted), not \(found)")
  }

  @Test func `any bytes are read as some moment`() {
    var random = SeededRandom(seed: 11)
    let dates = ApproximateDate(LocalTime(now: 1_112_911_993))
    let pieces = [
      "9", "99999999999", "last", "weeks", ".", ":", "-", " ", "pm", "jan", "years", "/",
    ]
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<9, using: &random) {
        text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      _ = dates.seconds(in: text)
      _ = dates.seconds(in: random.bytes(12), isStrict: true)
    }
  }

  @Test func `time that has passed is told in git's units`() {
    let clock = LocalTime(now: 1_251_660_000)
    let table: [(Int64, String)] = [
      (5, "5 seconds ago"), (300, "5 minutes ago"), (18_000, "5 hours ago"),
      (432_000, "5 days ago"), (1_728_000, "3 weeks ago"), (13_000_000, "5 months ago"),
      (37_500_000, "1 year, 2 months ago"), (55_188_000, "1 year, 9 months ago"),
      (630_000_000, "20 years ago"), (31_449_600, "12 months ago"), (62_985_600, "2 years ago"),
      (-5, "in the future"), (1, "1 second ago"),
    ]
    for (ago, words) in table {
      let time = Signature.Time(seconds: clock.now - ago, zone: 0)
      #expect(DateFormat.relative.text(of: time, at: clock) == words)
    }
  }

  @Test func `extreme moments are shown and stop nothing`() {
    let clock = LocalTime(now: .max)
    for seconds in [Int64.min, -1, 0, 99_999_999_999, .max] {
      for zone in [-999_999, -1, 0, 1400, 999_999] {
        for name in ["default", "iso", "raw", "short", "relative", "human", "format:%s %V %c"] {
          guard let format = try? DateFormat(named: name) else { continue }
          #expect(!format.text(of: .init(seconds: seconds, zone: zone), at: clock).isEmpty)
        }
      }
    }
  }

  @Test func `years that add up beyond all seconds stop nothing`() {
    let clock = LocalTime(now: 1_700_000_000)
    for unit in ["years", "months", "weeks", "fridays"] {
      let text = String(repeating: "2000000000 \(unit) ", count: 400)
      _ = ApproximateDate(clock).seconds(in: text + "noon tea 3pm")
    }
  }

  @Test func `a zone that cannot be is no zone`() {
    let clock = LocalTime(now: 1_700_000_000)
    for zone in [Int.min, .min + 1, -1_000_000, 1_000_000, .max] {
      let time = Signature.Time(seconds: 1_112_911_993, zone: zone)
      #expect(DateFormat.iso.text(of: time, at: clock) == "2005-04-07 22:13:13 +0000")
      _ = (time.text, time.offsetMinutes, Signature.Time(seconds: 0, offsetMinutes: zone).zone)
    }
  }
}
