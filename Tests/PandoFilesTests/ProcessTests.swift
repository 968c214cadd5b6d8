import PandoTestKit
import Testing

@testable import PandoFiles

@Suite struct ProcessTests {
  @Test("The environment has what every process has")
  func environment() throws {
    let environment = ProcessEnvironment.current()
    #expect(environment["PATH"] != nil)
    #expect(environment["PANDO_NO_SUCH_VARIABLE"] == nil)
    #expect(environment.currentDirectory.isAbsolute)
    #expect(!environment.hostName.isEmpty)
    #expect(environment.processID > 0)
    #expect(try LocalFileSystem().isDirectory(environment.currentDirectory))
  }

  @Test("An account line gives the names, and broken lines are passed over")
  func accounts() throws {
    let file = Array(
      """
      # comment
      short:x:1
      :x:7:7:none::
      root:x:0:0:root:/root:/bin/bash
      ann:x:7:7:& Lee & Sons,Room 3,,:/home/ann:/bin/sh
      bad:x:seven:7::/:/
      late:x:7:7:Late::
      """.utf8)
    let ann = try #require(Account.find(in: file) { $0.userID == 7 })
    #expect(ann.name == "ann" && ann.fullName == "Ann Lee Ann Sons")
    #expect(ann.homeDirectory == "/home/ann")
    #expect(Account.find(in: file) { $0.name == "bad" } == nil)
    #expect(Account.find(in: []) { _ in true } == nil)
    let files = MemoryFileSystem()
    #expect(Account.find(userID: 0, in: files) == nil)
    try files.createDirectory("/etc", permissions: 0o755)
    try files.replaceContents(of: "/etc/passwd", with: file, durability: .none)
    #expect(Account.find(userID: 0, in: files)?.name == "root")
    #expect(Account.find(name: "late", in: files)?.fullName == "Late")
  }

  @Test("The system's clock moves on and knows a zone within a day of UTC")
  func clock() {
    let clock = SystemClock()
    let before = clock.now()
    clock.sleep(milliseconds: 1)
    let after = clock.now()
    #expect(before.seconds > 1_600_000_000)
    #expect(before.seconds < after.seconds || before.nanoseconds != after.nanoseconds)
    #expect(abs(clock.utcOffsetMinutes(at: 0)) < 24 * 60)
  }
}
