internal import Synchronization

/// A descriptor open for reading.
final class LocalReadableFile: ReadableFile {
  let path: FilePath
  let size: Int
  private let kind: FileStatus.Kind
  private let descriptor: Int32

  /// Takes over a descriptor, and closes it at once when it is that of a directory.
  init(taking descriptor: Int32, _ path: FilePath) throws(FileError) {
    self.descriptor = descriptor
    self.path = path
    do throws(FileError) {
      let status = try SystemCalls.statusOfFile(descriptor, path)
      if status.kind == .directory {
        throw FileError(call: "open", path: path, errno: FileErrorNumber.isDirectory)
      }
      size = status.size
      kind = status.kind
    } catch {
      SystemCalls.abandonFile(descriptor)
      throw error
    }
  }

  deinit {
    SystemCalls.abandonFile(descriptor)
  }

  func status() throws(FileError) -> FileStatus {
    try SystemCalls.statusOfFile(descriptor, path)
  }

  func read(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(FileError) -> Int {
    try SystemCalls.readBytes(descriptor, at: offset, into: &buffer, path)
  }

  func map() throws(FileError) -> MappedFile {
    if size == 0 { return MappedFile([]) }
    return unsafe MappedFile(
      mapping: try SystemCalls.mapFile(descriptor, size: size, path), count: size)
  }

  /// Reads to the end, which may have moved since the file was opened, and which a pipe only
  /// shows by giving nothing.
  func wholeContents(limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // One byte more than expected shows the end without another call.
    var room = size + 1
    while true {
      guard max(size, bytes.count) <= limit else {
        throw FileError(call: "read", path: path, errno: FileErrorNumber.tooLarge)
      }
      let offset = bytes.count
      let capacity = room
      var got = 0
      try bytes.append(addingCapacity: capacity) { output throws(FileError) in
        output.append(repeating: 0, count: capacity)
        var span = output.mutableSpan
        got =
          kind == .file
          ? try read(at: offset, into: &span)
          : try SystemCalls.readStream(descriptor, into: &span, path)
        output.removeLast(capacity - got)
      }
      if kind == .file ? got < capacity : got == 0 { break }
      room = 65_536
    }
    guard bytes.count <= limit else {
      throw FileError(call: "read", path: path, errno: FileErrorNumber.tooLarge)
    }
    return bytes
  }
}

/// A descriptor with a lock on its file, which ends when all its copies are closed.
final class LocalHeldFile: HeldFile {
  let path: FilePath
  private let descriptor: Int32

  init(taking descriptor: Int32, _ path: FilePath) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { SystemCalls.abandonFile(descriptor) }

  /// Tries to lock it.
  func isTaken() throws(FileError) -> Bool { try SystemCalls.tryLock(descriptor, path) }

  /// Whether a name leads to this very file.
  func isNamed(by status: FileStatus?) throws(FileError) -> Bool {
    let own = try SystemCalls.statusOfFile(descriptor, path)
    return status?.inode == own.inode && status?.device == own.device
  }
}

/// A descriptor open for writing.
final class LocalWritableFile: WritableFile {
  private enum State {
    case open(Int32)
    /// Open still, but what the disk holds is unknown.
    case broken(Int32)
    case closed
  }

  let path: FilePath
  private let appends: Bool
  private let state: Mutex<State>

  init(taking descriptor: Int32, _ path: FilePath, appends: Bool) {
    self.path = path
    self.appends = appends
    state = Mutex(.open(descriptor))
  }

  deinit {
    state.withLock { state in
      switch state {
      case .open(let descriptor), .broken(let descriptor): SystemCalls.abandonFile(descriptor)
      case .closed: break
      }
    }
  }

  /// Runs a call on the open descriptor and remembers failure.
  private func use(
    _ call: String, _ body: (Int32) throws(FileError) -> Void
  ) throws(FileError) {
    try state.withLock { state throws(FileError) in
      switch state {
      case .open(let descriptor):
        do throws(FileError) {
          try body(descriptor)
        } catch {
          state = .broken(descriptor)
          throw error
        }
      case .broken:
        throw FileError(
          call: call, path: path, errno: FileErrorNumber.inputOutput,
          advice: "an earlier write or sync of this file failed")
      case .closed:
        throw FileError(call: call, path: path, errno: FileErrorNumber.badDescriptor)
      }
    }
  }

  func write(_ bytes: Span<UInt8>) throws(FileError) {
    try use("write") { descriptor throws(FileError) in
      try SystemCalls.writeBytes(descriptor, bytes, path)
    }
  }

  func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
    guard !appends, offset >= 0 else {
      throw FileError(call: "write", path: path, errno: FileErrorNumber.invalid)
    }
    try use("write") { descriptor throws(FileError) in
      try SystemCalls.writeBytes(descriptor, bytes, at: offset, path)
    }
  }

  func truncate(to size: Int) throws(FileError) {
    try use("truncate") { descriptor throws(FileError) in
      try SystemCalls.resize(descriptor, to: size, path)
    }
  }

  func synchronize() throws(FileError) {
    try use("sync") { descriptor throws(FileError) in
      try SystemCalls.synchronizeFile(descriptor, path)
    }
  }

  func synchronizeData() throws(FileError) {
    try use("sync") { descriptor throws(FileError) in
      try SystemCalls.synchronizeFileData(descriptor, path)
    }
  }

  func close() throws(FileError) {
    try state.withLock { state throws(FileError) in
      switch state {
      case .open(let descriptor), .broken(let descriptor):
        state = .closed
        try SystemCalls.closeFile(descriptor, path)
      case .closed:
        break
      }
    }
  }
}
