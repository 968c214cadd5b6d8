import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

struct AlternatesTests {
  @Test("comments, quotes and blank lines are read as git reads them")
  func parsing() {
    let text = "/a/b\n# no\n\n../c d\n\"/q\\tu\\\"o\\\\\\101\\n\"\n\"/open\n/last"
    #expect(
      Alternates.parse(Array(text.utf8)) == [
        "/a/b", "../c d", "/q\tu\"o\\A\n", "\"/open", "/last",
      ])
    #expect(Alternates.parse([]) == [])
  }

  @Test("noise and cut escapes never trap")
  func hostile() {
    for text in ["\"", "\"\\", "\"\\1", "\"\\40", "\"\\400\"", "\"\\z\"", "\n\n\"", "#"] {
      _ = Alternates.parse(Array(text.utf8))
    }
    Damage.bitFlips(of: Array("\"/a\\n\\101\"\n/b\n".utf8)) { _ = Alternates.parse($0) }
  }

  @Test("objects are found through a chain, a ring, a relative path and the environment")
  func borrowing() throws {
    let lender = try GitRepository()
    try lender.importHistory(commits: 10, seed: 4)
    let middle = try GitRepository()
    let borrower = try GitRepository()
    let files = LocalFileSystem()
    let up = "../../" + FilePath(lender.directory.path).lastComponent + "/objects\n"
    try files.put(
      Array((up + borrower.objects.string + "\n").utf8), at: middle.objects / "info/alternates")
    try files.put(
      Array("\(middle.objects)\n/nowhere\n".utf8), at: borrower.objects / "info/alternates")
    let expected = try borrower.everything()
    #expect(expected.count > 20)
    let database = try borrower.database()
    #expect(database.alternates == [middle.objects, lender.objects])
    for item in expected { #expect(try database.read(item.id) == item.object) }
    #expect(try database.ids() == expected.map(\.id))
    #expect(try database.counts().packed == 0)

    var options = ObjectDatabase.Options()
    options.alternates = [lender.objects]
    let other = try GitRepository().database(options)
    #expect(try other.ids() == expected.map(\.id))
  }

  @Test("an object that is borrowed is not written again")
  func borrowedIsThere() throws {
    let lender = try GitRepository()
    let id = try #require(
      ObjectID(hex: try lender.git("hash-object", "-w", "--stdin", input: [7]).line))
    let borrower = try GitRepository()
    try LocalFileSystem().put(
      Array("\(lender.objects)\n".utf8), at: borrower.objects / "info/alternates")
    let database = try borrower.database()
    #expect(try database.write(.blob, [7]) == id)
    #expect(try database.counts().loose == 0)
  }
}
