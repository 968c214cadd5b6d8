import PandoBytes
import PandoTestKit

/// A history by chance with many merges, by several people, with branches and tags of all kinds;
/// made with git from a stream.
struct BranchingHistory {
  let harness: CommandHarness

  private var random: SeededRandom
  private var stream: [UInt8] = []
  private var seconds = 1_600_000_000

  private static let people = [
    "A U Thor <a@x.org>", "Bob <b@x.org>", "Céline D <c@y.org>", "bob <B@x.org>", "Zed  <z@z>",
  ]
  private static let words = [
    "fix", "add", "remove", "the", "walk", "graph", "very", "long", "words", "in", "über",
  ]

  /// Whether different commits often make the same change.
  private let hasTwins: Bool

  init(seed: UInt64, commits: Int = 60, hasTwins: Bool = false) throws {
    self.hasTwins = hasTwins
    harness = try CommandHarness()
    random = SeededRandom(seed: seed)
    for number in 1...commits { appendCommit(number) }
    appendReferences(commits)
    try harness.git()("init", "-q", "--bare", "-b", "main", ".")
    let outcome = try harness.git().run(
      ["fast-import", "--quiet", "--force"], input: stream, environment: [:])
    guard outcome.status == 0 else { throw OracleFailure(outcome.errors) }
    for number in 0..<2 {
      let date = ["GIT_COMMITTER_DATE": "\(1_600_000_000 + below(90_000)) +0000"]
      _ = try harness.git().run(
        ["tag", "-a", "-m", "nested", "n\(number)", "v\(number)"], environment: date)
    }
    try harness.git()("update-ref", "refs/tags/moved", "refs/tags/v2")
  }

  /// Commits and tags by name, in an order by chance.
  mutating func names() throws -> [String] {
    let commits = try harness.git()("rev-list", "--all").line.split(separator: "\n")
    return (commits.map(String.init) + ["v0", "v1", "lw0", "n0"]).shuffled(using: &random)
  }

  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  private mutating func sentence(_ most: Int) -> String {
    (0...below(most)).map { _ in pick(Self.words) }.joined(separator: " ")
  }

  private mutating func message() -> String {
    var text = sentence(8) + "\n"
    if below(2) == 0 { text += "\n\(sentence(25))\n\(sentence(9))\n" }
    if below(3) == 0 {
      text += "\nSigned-off-by: \(pick(Self.people))\nReviewed-by: \(pick(Self.people))\n"
    }
    return text
  }

  private mutating func parents(of number: Int) -> [Int] {
    guard number > 1, below(25) > 0 else { return [] }
    var parents = [below(3) == 0 ? number - 1 : max(1, number - 1 - below(5))]
    if below(3) == 0 {
      for _ in 0...(below(5) == 0 ? 4 : 0) {
        let other = max(1, number - 1 - below(12))
        if !parents.contains(other) { parents.append(other) }
      }
    }
    return parents
  }

  private mutating func append(data text: String) {
    stream.append(text: "data \(text.utf8.count)\n\(text)\n")
  }

  private mutating func appendCommit(_ number: Int) {
    seconds += [0, 0, 1, 60, below(50_000)][below(5)]
    let date = below(8) == 0 ? seconds - below(200_000) : seconds
    stream.append(text: "commit refs/heads/main\nmark :\(number)\n")
    stream.append(text: "author \(pick(Self.people)) \(date - 100 * below(2)) +0100\n")
    stream.append(text: "committer \(pick(Self.people)) \(date) +0000\n")
    append(data: message())
    let parents = parents(of: number)
    for (place, parent) in parents.enumerated() {
      stream.append(text: "\(place == 0 ? "from" : "merge") :\(parent)\n")
    }
    if parents.isEmpty, number > 1 { stream.append(text: "deleteall\n") }
    let names = (0..<below(3)).map { _ in ["a", "b", "d/x", "d/y"][below(4)] } + ["always"]
    for name in hasTwins ? [["a", "d/x"][below(2)]] : names {
      stream.append(text: "M 100644 inline \(name)\n")
      let lines = hasTwins ? 1 : 1 + below(6)
      append(data: (0..<lines).map { _ in "\(below(hasTwins ? 2 : 4))\n" }.joined())
    }
    stream.append(text: "\n")
  }

  private mutating func appendReferences(_ count: Int) {
    stream.append(text: "reset refs/heads/main\nfrom :\(count)\n\n")
    for name in [
      "heads/b1", "heads/b2", "heads/x/b3", "tags/lw0", "tags/lw1", "tags/t/lw", "remotes/o/x",
    ] {
      stream.append(text: "reset refs/\(name)\nfrom :\(1 + below(count))\n\n")
    }
    for number in 0..<8 {
      stream.append(text: "tag v\(number)\nfrom :\(1 + below(count))\n")
      stream.append(text: "tagger T <t@t> \(1_600_000_000 + below(3) * below(400_000)) +0000\n")
      append(data: "tag\n")
    }
  }
}
