import PandoBytes
import PandoStore
import PandoTestKit
import Testing

@Suite struct TextPatternTests {
  private func grep(_ pattern: String, _ text: String, _ flags: [String]) throws -> Bool {
    let scratch = try TemporaryDirectory()
    let output = try ChildProcess.run(
      "grep", ["-q"] + flags + ["-e", pattern], in: scratch.path,
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"], input: Array(text.utf8))
    return output.status == 0
  }

  private func matches(
    _ pattern: String, _ text: String, _ syntax: TextPattern.Syntax, ignoresCase: Bool = false
  ) -> Bool {
    let options = TextPattern.Options(syntax: syntax, ignoresCase: ignoresCase, isByLine: true)
    guard let read = try? TextPattern(Array(pattern.utf8), options) else { return false }
    return read.matches(Array(text.utf8))
  }

  @Test(arguments: [
    "abc", "a.c", "^b", "c$", "^$", "a*", "ba*c", "a\\+", "a\\?b", "\\(ab\\)*c", "a\\{2\\}",
    "a\\{1,3\\}b", "[abc]x", "[^a-c]", "[]x]", "[[:digit:]]", "*a", "\\(*a\\)", "a\\|z", "^*a",
    "\\bab", "\\<ab\\>", "a+", "(a|b)", "(a|z)+c", "a{2}", "a{2,}", "x?", "(^a|b$)", "\\.",
    "\\w\\W",
    "[a\\]", "a**", "(ab){2}", "[[.a.]b]", "()", "a|", "\\s",
  ])
  func `patterns match what grep matches`(pattern: String) throws {
    let texts = [
      "abc", "aab", "bac", "zzz", "x1", "a+b", "ababc", "a.c", "*a", "\\", "ab\ncd", "a b",
    ]
    for text in texts {
      #expect(
        try matches(pattern, text, .basic) == grep(pattern, text, ["-G"]), "basic on \(text)")
      // Grep takes a repetition of nothing for a letter, which POSIX's own functions refuse.
      let isExtended = !pattern.hasPrefix("*") && !pattern.hasPrefix("^*")
      #expect(
        try !isExtended
          || matches(pattern, text, .extended) == grep(pattern, text, ["-E"]),
        "extended on \(text)")
      #expect(
        try matches(pattern, text, .fixed) == grep(pattern, text, ["-F"]), "fixed on \(text)")
      #expect(
        try matches(pattern.uppercased(), text, .fixed, ignoresCase: true)
          == grep(pattern.uppercased(), text, ["-F", "-i"]), "any case on \(text)")
    }
  }

  @Test func `no pattern takes more than its size times the text`() throws {
    let text = [UInt8](repeating: 97, count: 300)
    for pattern in ["(a*)*b", "(a|a)*b", "(a?){500}b", "((a*)*)*b", "(a|aa)+$b"] {
      let read = try TextPattern(Array(pattern.utf8), .init(syntax: .extended))
      #expect(!read.matches(text))
    }
  }

  @Test func `what could be huge or deep is refused`() {
    let deep = String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000)
    let stars = "a" + String(repeating: "*", count: 5000)
    for pattern in [deep, stars, "(a{999}){999}", "(){32767}{32767}x{32767}{9}", "a{40000}", "\\1"]
    {
      #expect(throws: ParseError.self) {
        _ = try TextPattern(Array(pattern.utf8), .init(syntax: .extended))
      }
    }
  }

  @Test func `random bytes are read or refused, never more`() {
    var random = SeededRandom(seed: 7)
    let signs = Array("()[]{}*+?|\\^$.,-:ab019=".utf8)
    for _ in 0..<3000 {
      let pattern = (0..<Int.random(in: 0..<24, using: &random)).map { _ in
        signs[Int.random(in: 0..<signs.count, using: &random)]
      }
      for syntax in [TextPattern.Syntax.basic, .extended] {
        if let read = try? TextPattern(pattern, .init(syntax: syntax)) {
          _ = read.matches(pattern)
        }
      }
    }
  }
}
