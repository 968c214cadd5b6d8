import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

@Suite("Names")
struct NameTests {
  @Test("reference names are judged as git check-ref-format judges them")
  func referenceNames() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    let names = [
      "refs/heads/main", "refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/.a",
      "refs/heads/a..b",
      "refs/heads/a b", "refs/heads/a~b", "refs/heads/a^", "refs/heads/a:b", "refs/heads/a?",
      "refs/heads/a*",
      "refs/heads/[a", "refs/heads/a\\b", "refs/heads/", "/refs/heads/a", "refs//a",
      "refs/heads/a.", "@",
      "refs/heads/@", "refs/heads/a@{b", "refs/heads/@a", "refs/heads/ü", "a/b",
      "refs/heads/a\u{7f}b",
      "refs/heads/a/.b", "refs/heads/-a", "refs/heads/a.b", "refs/heads/a.lockx", "refs/heads/{a}",
    ]
    for name in names {
      let verdict = try git.run(["check-ref-format", name]).status == 0
      #expect((ReferenceName(name) != nil) == verdict, "\(name)")
    }
    #expect(ReferenceName("HEAD") != nil)
    #expect(ReferenceName("FETCH_HEAD") != nil)
    #expect(ReferenceName("main") == nil)
    #expect(throws: PandoError.self) { try ReferenceName.branch("-x") }
  }

  @Test(
    "shortened drops the namespace",
    arguments: [
      ("refs/heads/a/b", "a/b"), ("refs/tags/v1", "v1"), ("refs/remotes/o/m", "o/m"),
      ("HEAD", "HEAD"),
    ])
  func shortened(_ full: String, _ short: String) throws {
    #expect(try ReferenceName(checking: full).shortened == short)
  }

  @Test("paths drop empty steps and order by bytes")
  func paths() {
    #expect(TreePath("a//b/") == ["a", "b"].reduce(TreePath.root) { $0.appending(ByteString($1)) })
    #expect(TreePath("").isRoot)
    #expect(TreePath("/").isRoot)
    #expect(TreePath("a/b").hasPrefix("a"))
    #expect(!TreePath("ab").hasPrefix("a"))
    #expect(TreePath("a/b").description == "a/b")
  }

  @Test("prefixes match the names that begin with them")
  func prefixes() throws {
    let id = try #require(ObjectID(hex: "abcdef0123456789abcdef0123456789abcdef01"))
    let prefix = try #require(ObjectIDPrefix("ABCDE", algorithm: .sha1))
    #expect(prefix.matches(id))
    #expect(ObjectIDPrefix("abc", algorithm: .sha1) == nil)
    #expect(ObjectIDPrefix("abcg", algorithm: .sha1) == nil)
    #expect(ObjectIDPrefix("abcde1", algorithm: .sha1)?.matches(id) == false)
  }

  @Test(
    "names of people are cleaned as git cleans them",
    arguments: [
      " x ", "A. U. Thor,", "<angle>", "two\nlines", "\"quoted\"", "Zoë", "a\\", ".,;", "tab\tin",
    ])
  func cleaning(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path, environment: ["GIT_AUTHOR_NAME": name])
    try git("init", "-q")
    let ident = try git.run(["var", "GIT_AUTHOR_IDENT"])
    if Signature.isUsable(name: name) {
      let ours = Signature(
        name: name, email: "author@example.com", time: .init(seconds: 1_112_911_993, zone: -700))
      #expect(ByteString(ours.bytes).text == ident.line)
    } else {
      #expect(ident.status != 0)
    }
  }
}
