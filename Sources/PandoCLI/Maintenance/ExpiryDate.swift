internal import PandoBytes
internal import PandoFiles
internal import PandoStore

/// The moment up to which things are old, as options and settings say it: any date, `never`, `now`
/// for all there is, `all` for the same.
struct ExpiryDate {
  /// Seconds since 1970 at which or before which things are old.
  let seconds: Int64
  /// Whether everything is meant that is there now.
  let isNow: Bool

  /// What is younger than this, in seconds, may be half of a commit that is being made: it stays
  /// though everything is to go.
  static let safetySeconds: Int64 = 10

  /// Everything that is there now.
  static let now = ExpiryDate(seconds: .max, isNow: true)

  private init(seconds: Int64, isNow: Bool) {
    self.seconds = seconds
    self.isNow = isNow
  }

  /// Reads a date; nil for text without any.
  init?(_ text: String, clock: any WallClock) {
    switch text {
    case "never", "false": self.init(seconds: 0, isNow: false)
    case "now": self = .now
    case "all": self.init(seconds: .max, isNow: false)
    default:
      let now = clock.now().seconds
      let local = LocalTime(now: now) { clock.utcOffsetMinutes(at: $0) }
      guard let seconds = ApproximateDate(local).seconds(in: Array(text.utf8), isStrict: true)
      else { return nil }
      self.init(seconds: seconds, isNow: false)
    }
  }

  /// The same as a border for removing objects: `now` spares the youngest.
  func cutoff(_ clock: any WallClock) -> Int64 {
    isNow ? clock.now().seconds - Self.safetySeconds : seconds
  }

  /// Reads the value of an option; throws git's complaint.
  static func option(_ text: String, _ context: CommandContext) throws -> ExpiryDate {
    guard let date = ExpiryDate(text, clock: context.clock) else {
      throw CommandFailure.fatal("malformed expiration date '\(text)'")
    }
    return date
  }
}
