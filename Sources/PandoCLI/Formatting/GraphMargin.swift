internal import PandoBytes
internal import PandoMerge
internal import PandoStorage
internal import PandoStore

/// Puts the drawing of history beside the text of commits. Source: git-log, "--graph".
struct GraphMargin {
  private var graph: HistoryGraph

  /// A margin in the colours of the settings, or without.
  init(isColored: Bool, _ configuration: Configuration) throws {
    guard isColored else {
      graph = HistoryGraph()
      return
    }
    var colors = Self.colors
    if let text = configuration.last("log.graphColors")?.value?.text {
      colors = text.split(separator: ",").compactMap { ColorScheme.sequence(String($0)) }
    }
    graph = HistoryGraph(colors: colors, reset: ColorScheme.reset)
  }

  private static let colors = ["", "1;"].flatMap { style in
    (31...36).map { "\u{1B}[\(style)\($0)m" }
  }

  /// Comes to the next commit.
  mutating func begin(_ item: RevisionWalk.Item, mark: UInt8?) {
    graph.begin(item.id, mark: mark ?? UInt8(ascii: "*"), parents: item.shownParents)
  }

  /// The lines above the commit, and the beginning of its own.
  mutating func appendStart(to text: inout [UInt8]) {
    if graph.isFinished { return appendPadding(to: &text) }
    while !graph.isFinished {
      let line = graph.nextLine()
      text += line.bytes
      if line.hasCommit { return }
      text.append(10)
    }
  }

  /// The beginning of the next line.
  mutating func appendLine(to text: inout [UInt8]) { text += graph.nextLine().bytes }

  /// The beginning of a line that the drawing does not need.
  mutating func appendPadding(to text: inout [UInt8]) { text += graph.paddingLine().bytes }

  /// The lines that the commit still needs, the last one without its end; false when there are
  /// none.
  @discardableResult
  mutating func appendRest(to text: inout [UInt8]) -> Bool {
    guard !graph.isFinished else { return false }
    while true {
      appendLine(to: &text)
      if graph.isFinished { return true }
      text.append(10)
    }
  }

  /// A commit's text, whose first line has begun, and the lines that the commit needs below it.
  mutating func append(_ message: [UInt8], to text: inout [UInt8]) {
    var start = 0
    while start < message.count {
      let end = message[start...].firstIndex(of: 10).map { $0 + 1 } ?? message.count
      text += message[start..<end]
      if end < message.count { appendLine(to: &text) }
      start = end
    }
    guard !graph.isFinished else { return }
    let isTerminated = message.last == 10
    if !isTerminated { text.append(10) }
    appendRest(to: &text)
    if isTerminated { text.append(10) }
  }

  /// What stands before each line of a commit whose drawing is finished.
  mutating func prefix() -> [UInt8] { graph.paddingLine().bytes }

  /// Text with the drawing before each of its lines, but those that begin as `exception` does.
  mutating func appendBeside(
    _ block: [UInt8], except exception: String? = nil, to text: inout [UInt8]
  ) {
    let prefix = prefix()
    let exception = exception.map { Array($0.utf8) }
    var start = 0
    while start < block.count {
      let end = block[start...].firstIndex(of: 10).map { $0 + 1 } ?? block.count
      let line = block[start..<end]
      if exception.map({ line.starts(with: $0) }) != true { text += prefix }
      text += line
      start = end
    }
  }
}
