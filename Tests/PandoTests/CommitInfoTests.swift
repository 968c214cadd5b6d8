import Pando
import Testing

@Suite struct CommitInfoTests {
  @Test(arguments: [
    ("One", "One\n"), ("One\n", "One\n"), ("\n\nOne\n\n\n", "One\n"), ("", ""), ("\n", ""),
    ("One\n\nTwo", "One\n\nTwo\n"), ("  One", "  One\n"), ("\u{e9}", "\u{e9}\n"),
  ])
  func `a message ends in one line end`(_ given: String, _ stored: String) throws {
    let bed = try BackEnd.memory.bed()
    let commit = try #require(try bed.main.set("x", at: "k", CommitInfo(given)))
    #expect(try bed.store.commit(commit).message == Array(stored.utf8))
  }

  @Test func `a NUL in a message is refused`() throws {
    let bed = try BackEnd.memory.bed()
    #expect(code { try bed.main.set("x", at: "k", "a\0b") } == .invalidInput)
    #expect(try bed.main.head == nil)
  }

  @Test func `signatures, date and headers are kept`() throws {
    let bed = try BackEnd.memory.bed()
    let time = Signature.Time(seconds: 1_234_567_890, zone: -730)
    let author = Signature(name: "Ada", email: "ada@example.com", time: time)
    let info = CommitInfo(
      "Sign", author: author, date: Signature.Time(seconds: 42, zone: 100),
      extraHeaders: [HeaderedText.Header("origin", Array("x\ny".utf8))])
    let id = try #require(try bed.main.set("x", at: "k", info))
    let commit = try bed.store.commit(id)
    #expect(commit.author == author)
    #expect(commit.committer?.bytes == Array("Pando <pando@localhost> 42 +0100".utf8))
    #expect(commit.extraHeaders.map(\.name) == ["origin"])
  }

  @Test func `the subject is the first line with something in it`() {
    #expect(CommitInfo("\n  \nOne\nTwo").subject == "One")
    #expect(CommitInfo("").subject == "")
  }
}
