import Foundation
import PandoTestKit
import Testing

@testable import PandoFiles

@Suite struct StreamTests {
  private static let text = "one\ntwo\n\nlast"

  @Test("Lines come without their ends, the last one without an end too")
  func lines() throws {
    let input = MemoryInput(Self.text)
    var lines: [String] = []
    while let line = try input.readLine() { lines.append(String(decoding: line, as: UTF8.self)) }
    #expect(lines == ["one", "two", "", "last"])
    #expect(try input.readLine() == nil)
    #expect(try input.read(upTo: 5) == [])
    let zeros = MemoryInput("a\0b\0")
    #expect(try zeros.readLine(endingWith: 0, limit: 1) == [97])
    #expect(try zeros.readLine(endingWith: 0, limit: 1) == [98])
    #expect(try zeros.readLine(endingWith: 0, limit: 1) == nil)
  }

  @Test("Reads mix, and limits hold")
  func mixed() throws {
    let input = MemoryInput(Self.text)
    #expect(try input.read(upTo: 2) == Array("on".utf8))
    #expect(try input.readLine() == Array("e".utf8))
    #expect(try input.readAll(limit: 9) == Array("two\n\nlast".utf8))
    let long = MemoryInput("12345\n")
    #expect(failure { () throws(FileError) in try long.readAll(limit: 5) }?.isTooLarge == true)
    let line = failure { () throws(FileError) in
      try MemoryInput("12345\n").readLine(endingWith: 10, limit: 4)
    }
    #expect(line?.isTooLarge == true)
    #expect(try MemoryInput("12345\n").readLine(endingWith: 10, limit: 5)?.count == 5)
  }

  @Test("A descriptor gives back what went through one, across buffers")
  func descriptors() throws {
    let directory = try TemporaryDirectory()
    let path = FilePath(directory.path) / "stream"
    let descriptor = try SystemCalls.openFile(path, .append, permissions: 0o666)
    defer { SystemCalls.abandonFile(descriptor) }
    let output = DescriptorOutput(descriptor: descriptor, name: "out", capacity: 1000)
    for number in 0..<30_000 { try output.write("\(number)\n") }
    try output.write([UInt8](repeating: 65, count: 5000))
    #expect(try LocalFileSystem().status(of: path, followingLinks: true)?.size ?? 0 > 5000)
    try output.write("end")
    try output.flush()
    try output.flush()
    #expect(!output.isTerminal)
    let source = try SystemCalls.openFile(path, .read)
    defer { SystemCalls.abandonFile(source) }
    let input = DescriptorInput(descriptor: source, name: "in")
    for number in 0..<30_000 { #expect(try input.readLine() == Array("\(number)".utf8)) }
    let rest = try input.readAll(limit: 1 << 20)
    #expect(rest.count == 5003 && rest.last == UInt8(ascii: "d"))
  }

  #if os(Linux)
  /// Files of this kind have no size and, under other names, no positions.
  @Test("A file without a size is read to its end")
  func sizeless() throws {
    let bytes = try LocalFileSystem().contents(of: "/proc/self/status", limit: 1 << 20)
    #expect(bytes?.last == UInt8(ascii: "\n"))
    #expect(try LocalFileSystem().contents(of: "/dev/null", limit: 0) == [])
    let endless = failure { () throws(FileError) in
      try LocalFileSystem().contents(of: "/dev/zero", limit: 100_000)
    }
    #expect(endless?.isTooLarge == true)
  }
  #endif

  @Test("A pipe that is set not to block is waited for, and ends")
  func nonBlockingPipe() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (source, sink) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    let bytes = [UInt8](repeating: 7, count: 1 << 20)
    Thread.detachNewThread {
      let output = DescriptorOutput(descriptor: sink, name: "sink")
      try? output.write(bytes)
      close(sink)
    }
    let input = DescriptorInput(descriptor: source, name: "source")
    #expect(try input.readAll(limit: 1 << 21) == bytes)
    close(source)
  }

  @Test("A failed write is an error that names the stream")
  func failed() {
    let output = DescriptorOutput(descriptor: -1, name: "standard output", capacity: 0)
    let error = failure { () throws(FileError) in try output.write("x") }
    #expect(error?.description == "write standard output: Bad file descriptor")
  }

  @Test("Memory keeps what is written")
  func memory() throws {
    let output = MemoryOutput()
    try output.write("a")
    try output.write([98, 99])
    try output.flush()
    #expect(output.string == "abc")
  }
}
