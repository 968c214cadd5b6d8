import PandoBytes
import PandoObjects
import PandoStore
import PandoTestKit
import Testing

@Suite struct RevisionExpressionTests {
  private func parse(_ text: String) throws -> RevisionExpression.Form {
    try RevisionExpression(parsing: Array(text.utf8).span).form
  }

  @Test func `steps are split from names`() throws {
    guard case .chain(let chain) = try parse("v1~3^2^{tree}^{/fix}") else {
      Issue.record("no chain")
      return
    }
    #expect(chain.base == Array("v1".utf8))
    #expect(
      chain.steps.map(\.kind) == [
        .ancestor(3), .parent(2), .peel(.tree), .search(Array("fix".utf8)),
      ])
  }

  @Test func `a colon in braces splits nothing`() throws {
    guard case .chain = try parse("HEAD^{/a:b}") else {
      Issue.record("split in braces")
      return
    }
    guard case .path(let chain, let path) = try parse("main@{12:00}:dir/x:y") else {
      Issue.record("no path")
      return
    }
    #expect(chain.base == Array("main@{12:00}".utf8))
    #expect(path == Array("dir/x:y".utf8))
  }

  @Test func `stages and searches begin with a colon`() throws {
    #expect(try parse(":2:a") == .staged(stage: 2, path: Array("a".utf8)))
    #expect(try parse(":4:a") == .staged(stage: 0, path: Array("4:a".utf8)))
    #expect(try parse(":/fix me") == .search(Array("fix me".utf8)))
  }

  @Test func `counts have a limit`() {
    #expect(throws: ParseError.self) { try parse("HEAD~2147483648") }
    #expect(throws: ParseError.self) { try parse("HEAD~99999999999999999999^") }
  }

  @Test func `long and hostile names take their length in time`() throws {
    for piece in ["^", "~1", "^{}", "^{tree}", "@{", "^{", "}", ":", "^{/", "@{-1}", "^2~"] {
      let text = "x" + String(repeating: piece, count: 20_000)
      _ = try? parse(text)
    }
  }

  @Test func `random text has a form or is refused`() {
    var random = SeededRandom(seed: 3)
    let signs = Array("^~@{}:/-!.0129HEADtree commit".utf8)
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<20, using: &random)).map { _ in
        signs[Int.random(in: 0..<signs.count, using: &random)]
      }
      _ = try? RevisionExpression(parsing: text.span)
    }
  }

  @Test(arguments: ["2", "3", "4"])
  func `the index is read in every version, and damage is refused`(version: String) throws {
    let scratch = try TemporaryDirectory()
    let git = GitOracle(in: scratch.path)
    try git("init", "-q")
    for name in ["a", "dir/file", "dir/file2", "dir/sub/longer-name", "z"] {
      try scratch.write(Array(name.utf8), to: name)
    }
    try git("add", ".")
    if version == "3" { try git("add", "-N", "z") }
    try git("update-index", "--index-version", version)
    let bytes = try scratch.read(".git/index")
    let entries = try IndexFile.entries(parsing: bytes.span, algorithm: .sha1)
    let wanted = try git("ls-files", "-s").lines
    #expect(
      entries.map { "100644 \($0.id.hex) \($0.stage)\t\($0.path)" } == wanted)
    Damage.truncations(of: bytes) { cut in
      _ = try? IndexFile.entries(parsing: cut.span, algorithm: .sha1)
    }
    Damage.bitFlips(of: bytes) { flipped in
      _ = try? IndexFile.entries(parsing: flipped.span, algorithm: .sha1)
    }
  }

  @Test func `wildcards match as git's do`() {
    let table: [(String, String, Bool, Bool)] = [
      ("*", "a/b", false, true), ("*", "a/b", true, false), ("**/c", "a/b/c", true, true),
      ("**/c", "c", true, true), ("a/**", "a/b/c", true, true), ("a?c", "abc", true, true),
      ("a?c", "a/c", true, false), ("[a-c]x", "bx", true, true), ("[!a-c]x", "bx", true, false),
      ("*.c", "dir/f.c", false, true), ("a*b*c", "aXbYc", true, true), ("a*b", "abX", true, false),
      ("[[:digit:]]*", "7up", true, true), ("\\*", "*", true, true), ("[]a]", "]", true, true),
      ("**/foo", "xfoo", true, false), ("**/foo", "a/b/foo", true, true),
      ("**/*.c", "a/b.c", true, true),
    ]
    for (pattern, text, keepsSlashes, wanted) in table {
      #expect(
        Wildcard.matches(Array(pattern.utf8), Array(text.utf8), keepsSlashes: keepsSlashes)
          == wanted, "\(pattern) on \(text)")
    }
  }
}
