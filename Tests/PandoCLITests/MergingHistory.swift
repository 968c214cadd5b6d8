import PandoBytes
import PandoTestKit

/// Merges by chance: for each a base and two sides, in which files and directories move, change,
/// go, become other things and get in each other's way; some with two merge bases.
struct MergingHistory {
  let harness: CommandHarness
  /// The branches of each merge.
  private(set) var merges: [(ours: String, theirs: String)] = []

  private typealias Files = [String: (mode: String, lines: [String])]
  private var random: SeededRandom
  private var stream: [UInt8] = []
  private var commits = 0
  private var serial = 0

  init(seed: UInt64, merges count: Int) throws {
    harness = try CommandHarness()
    random = SeededRandom(seed: seed)
    for _ in 0..<count { appendMerge() }
    try harness.git()("init", "-q", "--bare", "-b", "main", ".")
    let outcome = try harness.git().run(
      ["fast-import", "--quiet"], input: stream, environment: [:])
    guard outcome.status == 0 else { throw OracleFailure(outcome.errors) }
  }

  /// All merges, one a line, as `merge-tree --stdin` reads them.
  var lines: [UInt8] { Array(merges.map { "\($0.ours) \($0.theirs)\n" }.joined().utf8) }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func one(of choices: [String]) -> String { choices[below(choices.count)] }

  // MARK: Content

  private mutating func freshLines() -> [String] {
    serial += 1
    return (0..<[0, 1, 3, 6, 12, 25][below(6)]).map { number in
      below(5) == 0 ? "common\n" : "\(serial) \(number) \(below(1000))\n"
    }
  }

  private mutating func newFile() -> (mode: String, lines: [String]) {
    switch below(20) {
    case 0: ("120000", ["to\(below(30))"])
    case 1: ("160000", [commitID()])
    case 2: ("100644", ["\0\(below(1000))\n"] + freshLines())
    case 3: ("100755", freshLines())
    default: ("100644", freshLines())
    }
  }

  private mutating func commitID() -> String {
    String(repeating: String(below(9) + 1), count: 39) + String(below(10))
  }

  private mutating func edited(_ lines: [String]) -> [String] {
    var lines = lines
    for _ in 0...below(3) {
      let place = below(lines.count + 1)
      let end = min(lines.count, place + below(3))
      lines.replaceSubrange(place..<end, with: (0..<below(3)).map { "edit \($0 + below(3))\n" })
    }
    return lines
  }

  // MARK: Names

  private static let directories = ["a", "b", "lib", "src", "x", "p.q", "p", "p-q"]

  private mutating func path() -> String {
    let steps = (0..<below(4)).map { _ in one(of: Self.directories) }
    let name = one(of: ["f", "g", "h", "m", "n", "p", "p.q"]) + one(of: ["", ".c", ".txt", ""])
    return (steps + [name]).joined(separator: "/")
  }

  /// Sets a file; what is in the way of it goes.
  private func set(
    _ path: String, _ file: (mode: String, lines: [String]), in files: inout Files
  ) {
    for other in files.keys where other.hasPrefix(path + "/") || path.hasPrefix(other + "/") {
      files[other] = nil
    }
    files[path] = file
  }

  private func directories(of files: Files) -> [String] {
    var found = Set<String>()
    for path in files.keys {
      var steps = path.split(separator: "/").dropLast()
      while !steps.isEmpty {
        found.insert(steps.joined(separator: "/"))
        steps.removeLast()
      }
    }
    return found.sorted()
  }

  // MARK: Changes

  private mutating func changed(_ files: Files, _ count: Int) -> Files {
    var files = files
    for _ in 0..<count {
      let names = files.keys.sorted()
      if names.isEmpty { set(path(), newFile(), in: &files) } else { change(&files, names) }
    }
    return files
  }

  private mutating func change(_ files: inout Files, _ names: [String]) {
    let name = names[below(names.count)]
    guard let file = files[name] else { return }
    let isFile = file.mode.hasPrefix("100")
    switch below(20) {
    case 0, 1: files[name] = nil
    case 2, 3: set(path(), newFile(), in: &files)
    case 4 where isFile: files[name]?.mode = file.mode == "100644" ? "100755" : "100644"
    case 5: set(name, newFile(), in: &files)
    case 6, 7, 8:
      files[name] = nil
      let lines = isFile && below(2) == 0 ? edited(file.lines) : file.lines
      set(path(), (file.mode, lines), in: &files)
    case 9, 10, 11: moveDirectory(in: &files)
    case 12, 13: addToDirectory(in: &files)
    case _ where isFile: files[name]?.lines = edited(file.lines)
    default: files[name]?.lines = [file.mode == "160000" ? commitID() : "to\(below(30))"]
    }
  }

  private mutating func moveDirectory(in files: inout Files) {
    let known = directories(of: files)
    guard !known.isEmpty else { return }
    let old = known[below(known.count)]
    let new = one(of: known + Self.directories + ["new", "new/\(one(of: Self.directories))"])
    if old == new || old.hasPrefix(new + "/") || new.hasPrefix(old + "/") { return }
    let leavesSome = below(5) == 0
    for name in files.keys.sorted() where name.hasPrefix(old + "/") {
      if leavesSome, below(3) == 0 { continue }
      guard let file = files.removeValue(forKey: name) else { continue }
      set(below(15) == 0 ? path() : new + name.dropFirst(old.count), file, in: &files)
    }
  }

  private mutating func addToDirectory(in files: inout Files) {
    let known = directories(of: files)
    guard !known.isEmpty else { return }
    let name = one(of: ["added", "more", "f", "g.c"]) + one(of: ["", ".x"])
    set("\(known[below(known.count)])/\(name)", newFile(), in: &files)
  }

  // MARK: Commits

  private mutating func appendMerge() {
    var files = Files()
    for _ in 0..<[4, 10, 10, 20][below(4)] { set(path(), newFile(), in: &files) }
    let base = appendCommit(files, [])
    if below(5) > 0 {
      let ours = appendCommit(changed(files, 1 + below(8)), [base])
      let theirs = appendCommit(changed(files, 1 + below(8)), [base])
      merges.append((ours: "k\(ours)x", theirs: "k\(theirs)x"))
      return
    }
    let (one, two) = (changed(files, 1 + below(4)), changed(files, 1 + below(4)))
    let first = appendCommit(one, [base])
    let second = appendCommit(two, [base])
    let ours = appendCommit(changed(below(2) == 0 ? one : two, 1 + below(4)), [first, second])
    let theirs = appendCommit(changed(two, 1 + below(4)), [second, first])
    merges.append((ours: "k\(ours)x", theirs: "k\(theirs)x"))
  }

  private mutating func appendCommit(_ files: Files, _ parents: [Int]) -> Int {
    commits += 1
    stream.append(text: "commit refs/heads/k\(commits)x\nmark :\(commits)\n")
    stream.append(text: "committer A <a@b> \(1_000_000 + commits) +0000\ndata 2\nx\n")
    for (number, parent) in parents.enumerated() {
      stream.append(text: "\(number == 0 ? "from" : "merge") :\(parent)\n")
    }
    stream.append(text: "deleteall\n")
    for path in files.keys.sorted() {
      guard let file = files[path] else { continue }
      if file.mode == "160000" {
        stream.append(text: "M 160000 \(file.lines[0]) \(path)\n")
        continue
      }
      let bytes = Array(file.lines.joined().utf8)
      stream.append(text: "M \(file.mode) inline \(path)\ndata \(bytes.count)\n")
      stream += bytes
      stream.append(UInt8(ascii: "\n"))
    }
    stream.append(UInt8(ascii: "\n"))
    return commits
  }
}
