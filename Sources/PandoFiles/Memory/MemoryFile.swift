internal import Synchronization

/// A file in memory open for reading; it lives on when its name goes.
final class MemoryReadableFile: ReadableFile {
  let path: FilePath
  let size: Int
  private let fileSystem: MemoryFileSystem
  private let node: Int

  /// Takes over a node that was counted in.
  init(_ fileSystem: MemoryFileSystem, node: Int, path: FilePath, size: Int) {
    self.fileSystem = fileSystem
    self.node = node
    self.path = path
    self.size = size
  }

  deinit {
    fileSystem.release(node)
  }

  func status() throws(FileError) -> FileStatus {
    try fileSystem.look { disk throws(FileError) in
      guard let status = disk.status(of: node) else {
        throw FileError(call: "stat", path: path, errno: FileErrorNumber.badDescriptor)
      }
      return status
    }
  }

  func read(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(FileError) -> Int {
    // Shared, not copied: a writer that comes meanwhile copies.
    let bytes = try fileSystem.look { disk in disk.nodes[node]?.bytes ?? [] }
    guard offset >= 0, offset < bytes.count else { return 0 }
    let count = min(buffer.count, bytes.count - offset)
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        // `count` bytes are in both: no more than the buffer has, or the file past the offset.
        let part = unsafe UnsafeRawBufferPointer(rebasing: source[offset..<(offset + count)])
        unsafe target.copyMemory(from: part)
      }
    }
    return count
  }
}

/// A file in memory that is held.
final class MemoryHeldFile: HeldFile {
  let path: FilePath
  private let fileSystem: MemoryFileSystem
  private let node: Int

  /// Takes over a node that was counted in.
  init(_ fileSystem: MemoryFileSystem, node: Int, path: FilePath) {
    self.fileSystem = fileSystem
    self.node = node
    self.path = path
  }

  deinit { fileSystem.endHold(node) }
}

/// A file in memory open for writing.
final class MemoryWritableFile: WritableFile {
  private static let fileBytesMax = 1 << 40

  let path: FilePath
  private let fileSystem: MemoryFileSystem
  private let node: Int
  private let appends: Bool
  /// Where the next plain write goes; nil once closed.
  private let position = Mutex<Int?>(0)

  /// Takes over a node that was counted in.
  init(_ fileSystem: MemoryFileSystem, node: Int, path: FilePath, appends: Bool) {
    self.fileSystem = fileSystem
    self.node = node
    self.path = path
    self.appends = appends
  }

  deinit {
    if position.withLock({ $0 }) != nil { fileSystem.release(node) }
  }

  private func use(
    _ call: String, _ body: (inout Int) throws(FileError) -> Void
  ) throws(FileError) {
    try position.withLock { position throws(FileError) in
      guard var open = position else {
        throw FileError(call: call, path: path, errno: FileErrorNumber.badDescriptor)
      }
      try body(&open)
      position = open
    }
  }

  private func perform(_ operation: DiskOperation) throws(FileError) {
    try fileSystem.change { state, time throws(FileError) in state.perform(operation, time) }
  }

  func write(_ bytes: Span<UInt8>) throws(FileError) {
    var copy: [UInt8] = []
    copy.append(copying: bytes)
    try use("write") { position throws(FileError) in
      let (start, appends, node) = (position, appends, node)
      position = try fileSystem.change { state, time throws(FileError) in
        let offset = appends ? state.disk.nodes[node]?.bytes.count ?? 0 : start
        state.perform(.write(node: node, offset: offset, bytes: copy), time)
        return offset + copy.count
      }
    }
  }

  func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
    guard !appends, offset >= 0 else {
      throw FileError(call: "write", path: path, errno: FileErrorNumber.invalid)
    }
    guard offset <= Self.fileBytesMax - bytes.count else {
      throw FileError(call: "write", path: path, errno: FileErrorNumber.tooLarge)
    }
    var copy: [UInt8] = []
    copy.append(copying: bytes)
    try use("write") { _ throws(FileError) in
      try perform(.write(node: node, offset: offset, bytes: copy))
    }
  }

  func truncate(to size: Int) throws(FileError) {
    guard size >= 0 else {
      throw FileError(call: "truncate", path: path, errno: FileErrorNumber.invalid)
    }
    guard size <= Self.fileBytesMax else {
      throw FileError(call: "truncate", path: path, errno: FileErrorNumber.tooLarge)
    }
    try use("truncate") { _ throws(FileError) in try perform(.resize(node: node, size: size)) }
  }

  func synchronize() throws(FileError) {
    try use("sync") { _ throws(FileError) in try perform(.synchronizeFile(node: node)) }
  }

  func synchronizeData() throws(FileError) {
    try synchronize()
  }

  func close() throws(FileError) {
    let wasOpen = position.withLock { position in
      defer { position = nil }
      return position != nil
    }
    if wasOpen { fileSystem.release(node) }
  }
}
