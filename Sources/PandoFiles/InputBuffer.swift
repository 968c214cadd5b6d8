/// Bytes that were read ahead of those who ask for them.
struct InputBuffer: Sendable {
  /// Fills the start of a span and says how far; 0 at the end.
  typealias Source = (inout MutableSpan<UInt8>) throws(FileError) -> Int

  private static let chunkBytes = 65_536

  /// What has come; the part before `start` has been handed out.
  private var bytes: [UInt8]
  private var start = 0

  init(_ bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  /// Gets another chunk; false at the end.
  private mutating func refill(_ source: Source) throws(FileError) -> Bool {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    var got = 0
    try bytes.append(addingCapacity: Self.chunkBytes) { output throws(FileError) in
      output.append(repeating: 0, count: Self.chunkBytes)
      var span = output.mutableSpan
      // On an error the zeros must not pass for input.
      do throws(FileError) {
        got = try source(&span)
      } catch {
        output.removeLast(Self.chunkBytes)
        throw error
      }
      output.removeLast(Self.chunkBytes - got)
    }
    return got > 0
  }

  /// Hands out what lies before an index.
  private mutating func take(before end: Int) -> [UInt8] {
    let taken = Array(bytes[start..<end])
    start = end
    return taken
  }

  mutating func read(upTo count: Int, _ source: Source) throws(FileError) -> [UInt8] {
    guard count > 0 else { return [] }
    if start == bytes.count, try !refill(source) { return [] }
    return take(before: start + min(count, bytes.count - start))
  }

  mutating func readLine(
    endingWith delimiter: UInt8, limit: Int, name: FilePath, _ source: Source
  ) throws(FileError) -> [UInt8]? {
    // How much of what waits is known to have no delimiter.
    var searched = 0
    while true {
      if let end = bytes[(start + searched)...].firstIndex(of: delimiter) {
        try Self.check(end - start, limit, name)
        defer { start += 1 }
        return take(before: end)
      }
      searched = bytes.count - start
      try Self.check(searched, limit, name)
      if try !refill(source) { break }
    }
    return start == bytes.count ? nil : take(before: bytes.count)
  }

  mutating func readAll(
    limit: Int, name: FilePath, _ source: Source
  ) throws(FileError) -> [UInt8] {
    repeat { try Self.check(bytes.count - start, limit, name) } while try refill(source)
    return take(before: bytes.count)
  }

  private static func check(_ count: Int, _ limit: Int, _ name: FilePath) throws(FileError) {
    guard count <= limit else {
      throw FileError(call: "read", path: name, errno: FileErrorNumber.tooLarge)
    }
  }
}
