import PandoFiles
import PandoTestKit
import Testing

@Suite struct FaultyFileSystemTests {
  @Test("The chosen call fails with the chosen reason, the others pass")
  func oneCall() throws {
    let memory = MemoryFileSystem()
    let files = FaultyFileSystem(memory, failing: .call(1), errno: FileErrorNumber.noSpace)
    let file = try files.createExclusively("/f", permissions: 0o666)
    let error = failure { () throws(FileError) in try file.write([1, 2, 3, 4]) }
    #expect(error?.isNoSpace == true && error?.path == "/f")
    #expect(try memory.contents(of: "/f", limit: 10) == [1, 2])
    // The system forgets which pages failed, so the file stays broken.
    #expect(failure { () throws(FileError) in try file.synchronize() } != nil)
    #expect(failure { () throws(FileError) in try file.write([5]) } != nil)
    try file.close()
    #expect(try files.contents(of: "/f", limit: 10) == [1, 2])
    #expect(files.calls == ["create /f", "write /f", "close /f", "read /f"])
    #expect(files.callCount == 4)
  }

  @Test("From the chosen call on, all fail")
  func fromCall() throws {
    let files = FaultyFileSystem(MemoryFileSystem(), failing: .from(1))
    try files.createDirectory("/d", permissions: 0o777)
    for _ in 0..<3 {
      #expect(failure { () throws(FileError) in try files.list("/d") }?.errno == 5)
    }
  }
}
