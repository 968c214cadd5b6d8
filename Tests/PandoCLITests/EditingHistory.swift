import PandoBytes
import PandoTestKit

/// A history by chance in which files live long: lines come, go and move about, files get other
/// names, merges take from all sides, and dates lie.
struct EditingHistory {
  let harness: CommandHarness

  private struct File {
    var mode: String
    var lines: [String]
  }

  private typealias Files = [String: File]
  private enum Clock { case honest, equal, uneven, lying }

  private var random: SeededRandom
  private var stream: [UInt8] = []
  private var versions: [Files] = [[:]]
  private let clock: Clock
  private let isLarge: Bool

  private static let words = [
    "}", "", "{", "  x", "    return", "\ty", "end", "begin", "a b c", "if (x)",
  ]
  private static let people = ["A U Thor <a@b>", "Bé <b@c>", "C <>", "日本 <j@p>"]

  init(seed: UInt64, commits: Int = 40) throws {
    harness = try CommandHarness()
    random = SeededRandom(seed: seed)
    clock = [.honest, .equal, .uneven, .lying][Int(random.next() % 4)]
    isLarge = random.next() % 4 == 0
    for number in 1...commits { appendCommit(number) }
    try harness.git()("init", "-q", "--bare", "-b", "main", ".")
    let outcome = try harness.git().run(
      ["fast-import", "--quiet", "--force"], input: stream, environment: [:])
    guard outcome.status == 0 else { throw OracleFailure(outcome.errors) }
    if below(3) == 0 {
      try harness.git()("commit-graph", "write", "--reachable", "--changed-paths")
    }
  }

  /// The names of all commits that `main` leads to, the newest first.
  func commits() throws -> [String] { try lines(harness.git()("rev-list", "main").text) }

  /// The paths of all files of a commit.
  func files(of commit: String) throws -> [String] {
    try harness.git()("ls-tree", "-r", "-z", "--name-only", commit).text
      .split(separator: "\0").map(String.init)
  }

  private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

  mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  // MARK: Lines

  private mutating func freshLines(_ count: Int) -> [String] {
    (0..<count).map { _ in
      if below(2) == 0 { return pick(Self.words) + "\n" }
      let indentation = String(repeating: " ", count: below(6))
      return "\(indentation)\(below(below(2) == 0 ? 10 : 100_000))\n"
    }
  }

  private mutating func edited(_ lines: [String]) -> [String] {
    var lines = lines
    for _ in 0...below(4) {
      let place = below(lines.count + 1)
      let other = below(lines.count + 1)
      switch below(7) {
      case 0, 1: lines.insert(contentsOf: freshLines(1 + below(5)), at: place)
      case 2: lines.removeSubrange(place..<min(lines.count, place + 1 + below(5)))
      case 3:
        lines.replaceSubrange(
          place..<min(lines.count, place + below(3)), with: freshLines(below(3)))
      case 4:
        lines.insert(
          contentsOf: Array(lines[other..<min(lines.count, other + below(8))]), at: place)
      case 5:
        let end = min(lines.count, other + 6)
        let moved = Array(lines[other..<end])
        lines.removeSubrange(other..<end)
        lines.insert(contentsOf: moved, at: min(place, lines.count))
      default: lines.insert(contentsOf: freshLines(1), at: place)
      }
    }
    return withEnds(lines, cutsLast: below(10) == 0)
  }

  /// Only the last line may lack its end.
  private func withEnds(_ lines: [String], cutsLast: Bool) -> [String] {
    var lines = lines.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }
    if cutsLast, let last = lines.popLast(), last.count > 1 {
      lines.append(String(last.dropLast()))
    }
    return lines
  }

  // MARK: Files

  private mutating func name() -> String {
    pick(["", "dir/", "dir/sub/", "x y/"]) + pick(["f", "g", "h", "ü", "q\""]) + String(below(4))
  }

  private mutating func change(_ files: inout Files) {
    let names = files.keys.sorted()
    let kind = below(10)
    guard kind > 0, !names.isEmpty else {
      let mode = pick(["100644", "100644", "100755", "120000"])
      files[name()] = File(mode: mode, lines: freshLines(pick([3, 10, 40, isLarge ? 200 : 20])))
      return
    }
    let name = pick(names)
    guard var file = files[name] else { return }
    switch kind {
    case 1:
      files[name] = nil
      if below(5) > 1 { file.lines = edited(file.lines) }
      files[self.name()] = file
    case 2 where below(5) < 2: files[name] = nil
    case 3:
      file.lines = edited(file.lines)
      files[self.name()] = file
    case 4 where below(3) == 0: files[name]?.mode = pick(["100644", "100755", "120000"])
    default: files[name]?.lines = edited(file.lines)
    }
  }

  /// Takes files, and lines of files, from other parents.
  private mutating func merge(_ others: [Int], into files: inout Files) {
    for other in others {
      for (name, file) in versions[other].sorted(by: { $0.key < $1.key }) where below(5) < 3 {
        guard let own = files[name], below(2) == 0 else {
          files[name] = file
          continue
        }
        let (mine, theirs) = (below(own.lines.count + 1), below(file.lines.count + 1))
        let lines = Array(own.lines[..<mine] + file.lines[theirs...])
        files[name]?.lines = withEnds(lines, cutsLast: false)
      }
    }
  }

  // MARK: Commits

  private mutating func parents(of number: Int) -> [Int] {
    guard number > 1, below(33) > 0 else { return [] }
    let candidates = (max(1, number - 6)..<number).shuffled(using: &random)
    return Array(candidates.prefix(pick([1, 1, 1, 1, 2, 2, 3])))
  }

  private mutating func seconds(_ number: Int) -> Int {
    let after =
      switch clock {
      case .honest: number * 100
      case .equal: 1000
      case .uneven: number * 100 + below(800) - 400
      case .lying: 1 + below(100_000)
      }
    return 1_000_000 + after
  }

  private mutating func appendCommit(_ number: Int) {
    let parents = parents(of: number)
    var files = parents.first.map { versions[$0] } ?? [:]
    merge(Array(parents.dropFirst()), into: &files)
    if parents.count < 2 || below(2) == 0 {
      for _ in 0...below(3) { change(&files) }
    }
    versions.append(files)
    let seconds = seconds(number)
    stream.append(text: "commit refs/heads/main\nmark :\(number)\n")
    stream.append(text: "author \(pick(Self.people)) \(seconds - 50) \(pick(["+0000", "-0730"]))\n")
    stream.append(text: "committer C <c@d> \(seconds) +0000\n")
    append(data: Array(pick(["m\(number)\n", "\n  sub\nline", "", "two\n\nbody\n"]).utf8))
    for (place, parent) in parents.enumerated() {
      stream.append(text: "\(place == 0 ? "from" : "merge") :\(parent)\n")
    }
    stream.append(text: "deleteall\n")
    for (path, file) in files.sorted(by: { $0.key < $1.key }) {
      let quoted = path.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\\\"")
      stream.append(text: "M \(file.mode) inline \"\(quoted)\"\n")
      let bytes = Array(file.lines.joined().utf8)
      append(data: bytes.isEmpty && file.mode == "120000" ? [UInt8(ascii: "z")] : bytes)
    }
    stream.append(text: "\n")
  }

  private mutating func append(data bytes: [UInt8]) {
    stream.append(text: "data \(bytes.count)\n")
    stream += bytes
    stream.append(text: "\n")
  }
}
