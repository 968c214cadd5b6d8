import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

/// What `.gitmodules` and `.gitattributes` may hold, held against git.
@Suite struct ModulesCheckTests {
  private static let texts: [String] = {
    let urls = [
      "-x", "a", "http://a", "http://a b/", "http://a%0ab/", "http:///x", "http::x", "https:::x",
      "http://", "ftp://h:99999/", "http://h:/x", "http://u:p@h:80/x", "http://h/%zz",
      "http://h/a/../../b", "../:x", "..//x", "../../:x", "../x", "./:x", "./../:x", ".//x",
      "./..//x", "../a%0a", "a%0a", "git://h%0a/", "http://h/%0a", "http://[::1]/",
      "http://h?x%0a", "http::http://x%0a", "http::-x", "https::git@h:x", "ftps::ftp://h",
      "HTTP://h/%0a", "http://u%0a@h/", "http://u@/x", "http://:80/", "http://@h", "http://h/%00",
      "..\\\\x", "..", "../", ".", "http::", "http::a", "http://h%0a:80/", "./a%0a:x",
      "http://u%0a:p@h/", "http://u:p%0a@h/", "http://h/x:%0a", "http://h/%0a:x",
      "http://a@b@c%0a/", "http://a@/", "http://:@/", "http://h/%0Ax", "git://x:80/%0a",
      "git:%0a", "ssh://h%0a/", "./%0", "./%", "http::http://", "http://?", "http::://h/",
      "http:: ://h", "..%0a",
    ].map { "[submodule \"a\"]\n\tpath = a\n\turl = \"\($0)\"\n" }
    let names = [
      "..", "", "..\\\\..", "a..", "..a", "a/..", "a/../", "a\\\\..\\\\b", ".", "a/./b", "...",
      "../", "/..", "x\\\"..", "a\\\\..b",
    ].map { "[submodule \"\($0)\"]\n\tpath = a\n" }
    return urls + names + [
      "[submodule \"a/../b\"]\npath=-a\nupdate=!x\nurl=-u\n", "[submodule]\npath=-a\n", "[sub",
      "[submodule \"a\"]\nurl\npath\nupdate\n", "[submodule \"..\"]\npath=x\nx=..\\q\n",
      "[submodule \"a\"]\nupdate = none\n", "[core]\nurl=-x\n", "[SubModule \"a\"]\nURL=-x\n", "",
    ]
  }()

  @Test func contentHasGitsFindings() throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    try git("init", "-q")
    let attributes = [2046, 2047, 2048, 4096].map {
      "a b\n" + String(repeating: "x", count: $0) + "\n"
    }
    var objects: [(ObjectID, RawObject)] = []
    var expected: [String] = []
    for (name, texts) in [(".gitmodules", Self.texts), (".gitattributes", attributes)] {
      for text in texts {
        let blob = RawObject(kind: .blob, body: Array(text.utf8))
        let id = try blob.id(.sha1)
        try git("hash-object", "-w", "--stdin", input: blob.body)
        var body = Array("100644 \(name)\0".utf8)
        id.digest.append(to: &body)
        let tree = RawObject(kind: .tree, body: body)
        try git("hash-object", "-w", "-t", "tree", "--stdin", input: tree.body)
        objects += [(id, blob), (try tree.id(.sha1), tree)]
      }
    }
    expected = try git.run(["fsck", "--no-dangling"]).errors.split(separator: "\n")
      .filter { $0.contains(" in blob ") || $0.contains(" in tree ") }.map(String.init).sorted()
    let known = Dictionary(objects) { first, _ in first }
    // Trees before blobs, after them, and spread over two checkers.
    for order in 0..<3 {
      var checkers = [ObjectChecker](repeating: ObjectChecker(algorithm: .sha1), count: 2)
      var ours: [String] = []
      for (index, (id, object)) in (order == 1 ? objects.reversed() : objects).enumerated() {
        checkers[order == 2 ? index % 2 : 0].check(object, id: id) { ours.append($0.description) }
      }
      checkers[0].formUnion(checkers[1])
      try checkers[0].finish({ known[$0] }, { ours.append($0.description) })
      #expect(Set(ours).subtracting(expected).sorted() == [])
      #expect(Set(expected).subtracting(ours).sorted() == [])
      #expect(ours.count == expected.count)
    }
  }

  @Test func absentAndForeignFilesAreTold() throws {
    let absent = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    for (name, kind) in [(".gitmodules", "gitmodules"), (".gitattributes", "gitattributes")] {
      var body = Array("100644 \(name)\0".utf8)
      absent.digest.append(to: &body)
      let tree = RawObject(kind: .tree, body: body)
      for object in [nil, RawObject(kind: .tree, body: [])] {
        var checker = ObjectChecker(algorithm: .sha1)
        checker.check(tree, id: try tree.id(.sha1)) { Issue.record("\($0)") }
        var ours: [String] = []
        #expect(try !checker.finish({ _ in object }, { ours.append($0.description) }))
        let text =
          object == nil
          ? "error in blob \(absent): \(kind)Missing: unable to read \(name) blob"
          : "error in tree \(absent): \(kind)Blob: non-blob found at \(name)"
        #expect(ours == [text])
      }
    }
  }
}
