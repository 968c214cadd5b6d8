internal import Synchronization

/// A stream that takes bytes, such as standard output.
public protocol ByteOutput: AnyObject, Sendable {
  /// Takes all bytes; they may wait until ``flush()``.
  func write(_ bytes: Span<UInt8>) throws(FileError)

  /// Passes on what waits.
  func flush() throws(FileError)

  /// Whether a person watches.
  var isTerminal: Bool { get }
}

extension ByteOutput {
  /// Takes all bytes; they may wait until ``flush()``.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes.span)
  }

  /// Takes a string's UTF-8.
  public func write(_ string: String) throws(FileError) {
    try write(Array(string.utf8).span)
  }
}

/// A stream into a descriptor of the process, which it does not close.
///
/// A reader that has gone shows as ``FileError/isBrokenPipe``, once
/// ``BrokenPipe/ignoreSignal()`` keeps the system from ending the process first.
public final class DescriptorOutput: ByteOutput {
  private let descriptor: Int32
  private let name: FilePath
  private let capacity: Int
  private let waiting = Mutex<[UInt8]>([])

  /// Makes a stream into an open descriptor.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - capacity: how many bytes may wait; 0 passes each write on at once.
  public init(descriptor: Int32, name: String, capacity: Int = 65_536) {
    self.descriptor = descriptor
    self.name = FilePath(name)
    self.capacity = capacity
  }

  /// The process's standard output.
  public static func standardOutput() -> DescriptorOutput {
    DescriptorOutput(descriptor: 1, name: "standard output")
  }

  /// The process's standard error, where nothing waits.
  public static func standardError() -> DescriptorOutput {
    DescriptorOutput(descriptor: 2, name: "standard error", capacity: 0)
  }

  /// Takes all bytes; they may wait until ``flush()``.
  public func write(_ bytes: Span<UInt8>) throws(FileError) {
    try waiting.withLock { waiting throws(FileError) in
      if waiting.count + bytes.count > capacity { try pass(&waiting) }
      if bytes.count >= capacity {
        try SystemCalls.writeBytes(descriptor, bytes, name)
      } else {
        waiting.append(copying: bytes)
      }
    }
  }

  /// Passes on what waits.
  public func flush() throws(FileError) {
    try waiting.withLock { waiting throws(FileError) in try pass(&waiting) }
  }

  /// What fails is dropped: the same bytes must not come twice when flushed again.
  private func pass(_ waiting: inout [UInt8]) throws(FileError) {
    if waiting.isEmpty { return }
    defer { waiting.removeAll(keepingCapacity: true) }
    try SystemCalls.writeBytes(descriptor, waiting.span, name)
  }

  /// Whether the descriptor is a terminal's.
  public var isTerminal: Bool { SystemCalls.isTerminal(descriptor) }
}

/// A stream that keeps what it takes.
public final class MemoryOutput: ByteOutput {
  private let kept = Mutex<[UInt8]>([])

  /// Makes an empty stream.
  public init() {}

  /// Everything written so far.
  public var bytes: [UInt8] { kept.withLock { $0 } }

  /// Everything written so far as text.
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Keeps the bytes.
  public func write(_ bytes: Span<UInt8>) throws(FileError) {
    kept.withLock { $0.append(copying: bytes) }
  }

  /// Does nothing.
  public func flush() throws(FileError) {}

  /// Never.
  public var isTerminal: Bool { false }
}

/// The signal that a write to a pipe without a reader raises.
public enum BrokenPipe {
  /// Makes such writes fail with an error instead of ending the process; for the whole process.
  public static func ignoreSignal() {
    SystemCalls.ignoreBrokenPipeSignal()
  }
}

extension [UInt8] {
  /// Appends a span's bytes as one block.
  mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      // The buffer is the span's own memory, alive through this call.
      unsafe append(contentsOf: buffer)
    }
  }
}
