import PandoFiles
import Testing

@Suite struct FilePathTests {
  @Test(
    "A path comes apart at its last name",
    arguments: [
      ("a/b", "a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("/", "/", ""), ("a/b//", "a", "b"),
      ("a//b", "a", "b"), ("", ".", ""), ("//a", "/", "a"), ("/a/b/c", "/a/b", "c"),
    ] as [(FilePath, FilePath, String)])
  func parts(path: FilePath, parent: FilePath, name: String) {
    #expect(path.parent == parent)
    #expect(path.lastComponent == name)
  }

  @Test(
    "Normalising works out dots by spelling",
    arguments: [
      ("a/./b", "a/b"), ("a/../b", "b"), ("../a", "../a"), ("a/../..", ".."), ("/..", "/"),
      ("/../a//b/", "/a/b"), ("", "."), (".", "."), ("a/..", "."), ("../../a", "../../a"),
    ] as [(FilePath, FilePath)])
  func normalized(path: FilePath, expected: FilePath) {
    #expect(path.normalized == expected)
  }

  @Test("Joining puts one slash")
  func joining() {
    #expect(FilePath("a") / "b" == "a/b")
    #expect(FilePath("a/") / "b" == "a/b")
    #expect(FilePath("/") / "b" == "/b")
    #expect(FilePath("") / "b" == "b")
    #expect(FilePath("a") / "" == "a")
    #expect(FilePath("a/b").adding(suffix: ".lock") == "a/b.lock")
    #expect(FilePath("b").resolved(against: "/a") == "/a/b")
    #expect(FilePath("/b").resolved(against: "/a") == "/b")
  }

  @Test("The rest below a directory is found by whole names")
  func relative() {
    #expect(FilePath("/a/b/c").relative(to: "/a") == "b/c")
    #expect(FilePath("/a").relative(to: "/a/") == ".")
    #expect(FilePath("/ab").relative(to: "/a") == nil)
    #expect(FilePath("a/b").relative(to: "/a") == nil)
  }

  @Test("Bytes that are not UTF-8 are kept and ordered as bytes")
  func bytes() {
    let path = FilePath("d").appending(bytes: [0xFF, 0x41])
    #expect(path.bytes == [0x64, 0x2F, 0xFF, 0x41])
    #expect(path.lastComponentBytes == [0xFF, 0x41])
    #expect(FilePath("d/z") < path)
  }
}
