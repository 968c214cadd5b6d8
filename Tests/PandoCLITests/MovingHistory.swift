import PandoBytes
import PandoTestKit

/// A history by chance in which files move, are copied, grow, shrink, and become other things; made
/// with git from a stream.
struct MovingHistory {
  let harness: CommandHarness

  private var random: SeededRandom
  private var files: [String: (mode: String, bytes: [UInt8])] = [:]
  private var stream: [UInt8] = []

  init(seed: UInt64, commits: Int = 40) throws {
    harness = try CommandHarness()
    random = SeededRandom(seed: seed)
    for number in 0..<commits { appendCommit(number) }
    try harness.git()("init", "-q", "--bare", "-b", "main", ".")
    let outcome = try harness.git().run(
      ["fast-import", "--quiet"], input: stream, environment: [:])
    guard outcome.status == 0 else { throw OracleFailure(outcome.errors) }
  }

  /// All commits, one a line, as a command reads them.
  func commits() throws -> [UInt8] {
    try harness.git().run(["rev-list", "--all"], input: [], environment: [:]).bytes
  }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func pick() -> String? {
    let names = files.keys.sorted()
    return names.isEmpty ? nil : names[below(names.count)]
  }

  // MARK: Content

  private mutating func line() -> [UInt8] {
    let words = ["func", "let", "var", "return", "}", "{", "if", "// note", "class A", "  x", ""]
    var text = words[below(words.count)]
    for _ in 0..<below(4) { text += " \(words[below(words.count)])" }
    if below(3) == 0 { text += " \(below(1000))" }
    if below(12) == 0 { text = "f" + String(repeating: "ункция ", count: below(12)) + text }
    if below(12) == 0 { return Array("caf".utf8) + [0xE9] + Array(" \(text)\n".utf8) }
    return Array((text + (below(30) == 0 ? "\r\n" : "\n")).utf8)
  }

  private mutating func text(_ lines: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<lines { bytes += line() }
    if below(8) == 0, bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if below(25) == 0 { bytes.append(0) }
    return bytes
  }

  private mutating func edited(_ bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0) + [UInt8(ascii: "\n")] }
    for _ in 0...below(4) {
      let place = below(lines.count + 1)
      switch below(4) {
      case 0: lines.insert(line(), at: place)
      case 1 where place < lines.count: lines.remove(at: place)
      case 2 where place < lines.count: lines[place] = line()
      default: lines.append(line())
      }
    }
    return Array(lines.joined())
  }

  private mutating func name() -> String {
    let names = ["a", "b.swift", "name with space", "quote\"d", "über", "c.txt", "d", "tab\tbed"]
    var path = ""
    for _ in 0..<below(3) { path += ["src", "lib", "docs", "deep/er"][below(4)] + "/" }
    let name = path + names[below(names.count)] + (below(2) == 0 ? "" : "\(below(20))")
    // What is a directory cannot be a file, and the other way.
    let isTaken = files.keys.contains { $0.hasPrefix(name + "/") || name.hasPrefix($0 + "/") }
    return isTaken ? "other\(below(1000))" : name
  }

  private mutating func mode() -> String {
    ["100644", "100644", "100644", "100755", "120000"][below(5)]
  }

  // MARK: Commits

  private mutating func change() {
    switch below(9) {
    case 0, 1: files[name()] = (mode(), text(below(40)))
    case 2:
      if let name = pick() { files[name] = nil }
    case 3, 4:
      if let old = pick(), let file = files.removeValue(forKey: old) {
        let bytes = below(3) == 0 ? file.bytes : edited(file.bytes)
        files[name()] = (file.mode, bytes)
      }
    case 5:
      if let old = pick(), let file = files[old] {
        files[name()] = (mode(), edited(file.bytes))
      }
    case 6:
      let mode = mode()
      if let name = pick() { files[name]?.mode = mode }
    default:
      if let name = pick(), let file = files[name] {
        files[name] = (file.mode, edited(file.bytes))
      }
    }
  }

  private mutating func appendCommit(_ number: Int) {
    for _ in 0...below(number == 0 ? 30 : 6) { change() }
    stream.append(text: "commit refs/heads/main\n")
    stream.append(text: "committer A <a@b> \(1_700_000_000 + number) +0000\ndata 2\nx\n")
    stream.append(text: "deleteall\n")
    for name in files.keys.sorted() {
      guard let file = files[name] else { continue }
      let quoted = name.replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
      stream.append(text: "M \(file.mode) inline \"\(quoted)\"\ndata \(file.bytes.count)\n")
      stream += file.bytes
      stream.append(UInt8(ascii: "\n"))
    }
    if below(4) == 0 {
      let commit = String(repeating: String(below(9) + 1), count: 40)
      stream.append(text: "M 160000 \(commit) sub\n")
    }
    stream.append(UInt8(ascii: "\n"))
  }
}
