internal import Synchronization

/// A stream that gives bytes, such as standard input.
public protocol ByteInput: AnyObject, Sendable {
  /// The next bytes: at least one and at most `count`, none at the end. Blocks until some come.
  func read(upTo count: Int) throws(FileError) -> [UInt8]

  /// The bytes up to the next delimiter, which is taken off, or up to the end; nil at the end.
  ///
  /// Throws ``FileError/isTooLarge`` when `limit` bytes come without a delimiter.
  func readLine(endingWith delimiter: UInt8, limit: Int) throws(FileError) -> [UInt8]?

  /// All bytes to the end. Throws ``FileError/isTooLarge`` above `limit` bytes.
  func readAll(limit: Int) throws(FileError) -> [UInt8]

  /// Whether a person types.
  var isTerminal: Bool { get }
}

extension ByteInput {
  /// The bytes up to the next line feed, of which there may be a megabyte; nil at the end.
  public func readLine() throws(FileError) -> [UInt8]? {
    try readLine(endingWith: UInt8(ascii: "\n"), limit: 1 << 20)
  }
}

/// A stream out of a descriptor of the process, which it does not close.
public final class DescriptorInput: ByteInput {
  private let descriptor: Int32
  private let name: FilePath
  private let buffer = Mutex(InputBuffer())

  /// Makes a stream out of an open descriptor; `name` is what errors call it.
  public init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = FilePath(name)
  }

  /// The process's standard input.
  public static func standardInput() -> DescriptorInput {
    DescriptorInput(descriptor: 0, name: "standard input")
  }

  private func use<Value>(
    _ body: (inout InputBuffer, InputBuffer.Source) throws(FileError) -> Value
  ) throws(FileError) -> Value where Value: Sendable {
    try buffer.withLock { buffer throws(FileError) in
      try body(&buffer) { chunk throws(FileError) in
        try SystemCalls.readStream(self.descriptor, into: &chunk, self.name)
      }
    }
  }

  /// The next bytes: at least one and at most `count`, none at the end.
  public func read(upTo count: Int) throws(FileError) -> [UInt8] {
    try use { buffer, source throws(FileError) in
      try buffer.read(upTo: count, source)
    }
  }

  /// The bytes up to the next delimiter or the end; nil at the end.
  public func readLine(
    endingWith delimiter: UInt8, limit: Int
  ) throws(FileError) -> [UInt8]? {
    try use { buffer, source throws(FileError) in
      try buffer.readLine(endingWith: delimiter, limit: limit, name: name, source)
    }
  }

  /// All bytes to the end.
  public func readAll(limit: Int) throws(FileError) -> [UInt8] {
    try use { buffer, source throws(FileError) in
      try buffer.readAll(limit: limit, name: name, source)
    }
  }

  /// Whether the descriptor is a terminal's.
  public var isTerminal: Bool { SystemCalls.isTerminal(descriptor) }
}

/// A stream out of bytes at hand.
public final class MemoryInput: ByteInput {
  private let buffer: Mutex<InputBuffer>

  /// Makes a stream that gives these bytes and ends.
  public init(_ bytes: [UInt8]) {
    buffer = Mutex(InputBuffer(bytes))
  }

  /// Makes a stream that gives a string's UTF-8 and ends.
  public convenience init(_ string: String) {
    self.init(Array(string.utf8))
  }

  /// The next bytes: at least one and at most `count`, none at the end.
  public func read(upTo count: Int) throws(FileError) -> [UInt8] {
    try buffer.withLock { buffer throws(FileError) in
      try buffer.read(upTo: count, Self.nothing)
    }
  }

  /// The bytes up to the next delimiter or the end; nil at the end.
  public func readLine(
    endingWith delimiter: UInt8, limit: Int
  ) throws(FileError) -> [UInt8]? {
    try buffer.withLock { buffer throws(FileError) in
      try buffer.readLine(endingWith: delimiter, limit: limit, name: "input", Self.nothing)
    }
  }

  /// All bytes to the end.
  public func readAll(limit: Int) throws(FileError) -> [UInt8] {
    try buffer.withLock { buffer throws(FileError) in
      try buffer.readAll(limit: limit, name: "input", Self.nothing)
    }
  }

  /// Never.
  public var isTerminal: Bool { false }

  private static func nothing(_: inout MutableSpan<UInt8>) throws(FileError) -> Int { 0 }
}
