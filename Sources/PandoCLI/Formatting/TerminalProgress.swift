internal import PandoFiles
internal import PandoStorage
internal import Synchronization

/// Shows progress as git does: a line that is written over, `Resolving deltas:  40% (2/5)`, and
/// ends in `, done.`. A line is written when the percentage changes, or a second has passed.
final class TerminalProgress: ProgressMeter {
  private struct State {
    var title = ""
    var total: Int?
    var count = 0
    var percent = -1
    var shown = ""
    var shownAt: Int64 = 0
    var startedAt: (seconds: Int64, nanoseconds: Int32) = (0, 0)
    var bytes = 0
    var isRunning = false
    /// Whether the work has taken long enough to be worth a line.
    var isDue = false
  }

  private let output: any ByteOutput
  private let clock: any WallClock
  /// The kinds of work that are shown; nil for all.
  private let titles: Set<String>?
  /// Work that takes no longer than this is not shown.
  private let delaySeconds: Int64
  private let state = Mutex(State())

  init(
    _ output: any ByteOutput, clock: any WallClock, only titles: Set<String>? = nil,
    delaySeconds: Int64 = 0
  ) {
    self.output = output
    self.clock = clock
    self.titles = titles
    self.delaySeconds = delaySeconds
  }

  func begin(_ title: String, total: Int?) {
    state.withLock { state in
      state = State()
      guard titles?.contains(title) ?? true else { return }
      state.title = title
      state.total = total
      state.isRunning = true
      state.startedAt = clock.now()
      state.shownAt = state.startedAt.seconds
      state.isDue = delaySeconds <= 0
    }
  }

  func update(_ count: Int) {
    state.withLock { state in
      guard state.isRunning, count >= state.count else { return }
      state.count = count
      let percent = Self.percent(state)
      // The clock is asked only now and then.
      let isDue =
        percent == state.percent && count & 255 == 0
        && clock.now().seconds != state.shownAt
      guard isDue || (percent != nil && percent != state.percent) else { return }
      if !state.isDue {
        guard clock.now().seconds - state.startedAt.seconds >= delaySeconds else { return }
        state.isDue = true
      }
      show(&state, end: nil)
    }
  }

  func transferred(_ bytes: Int) { state.withLock { $0.bytes = bytes } }

  func say(_ line: String) {
    // What is said of work that is not shown is not shown either.
    if titles == nil { try? output.write("\(line)\n") }
  }

  func end(note: String?) {
    state.withLock { state in
      guard state.isRunning else { return }
      state.isRunning = false
      guard state.isDue else { return }
      show(&state, end: ", \(note ?? "done").\n")
    }
  }

  private static func percent(_ state: State) -> Int? {
    guard let total = state.total, total > 0 else { return nil }
    return state.count * 100 / total
  }

  private func show(_ state: inout State, end: String?) {
    var text: String
    if let percent = Self.percent(state), let total = state.total {
      state.percent = percent
      let digits = String(percent)
      text = String(repeating: " ", count: 3 - min(3, digits.count)) + digits
      text += "% (\(state.count)/\(total))"
    } else {
      text = "\(state.count)"
    }
    if state.bytes > 0, end != nil { text += throughput(state) }
    let spaces = max(0, state.shown.utf8.count - text.utf8.count)
    state.shown = text
    state.shownAt = clock.now().seconds
    let tail = spaces > 0 ? String(repeating: " ", count: spaces) : ""
    try? output.write("\(state.title): \(text)\(tail)\(end ?? "\r")")
    try? output.flush()
  }

  private func throughput(_ state: State) -> String {
    let now = clock.now()
    let milliseconds =
      (now.seconds - state.startedAt.seconds) * 1000
      + Int64(now.nanoseconds - state.startedAt.nanoseconds) / 1_000_000
    let rate = state.bytes * 1000 / Int(max(milliseconds, 1))
    return ", \(HumanSize.text(state.bytes)) | \(HumanSize.text(rate))/s"
  }
}
