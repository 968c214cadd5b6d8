/// A file open for reads at any position; closed when the last reference goes.
public protocol ReadableFile: AnyObject, Sendable {
  /// What was opened, for messages.
  var path: FilePath { get }

  /// Bytes in the file when it was opened.
  var size: Int { get }

  /// What the file system says of the open file now.
  func status() throws(FileError) -> FileStatus

  /// Fills a buffer from a position; less than the buffer's length comes back only at the end of
  /// the file. A position outside the file reads nothing.
  func read(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(FileError) -> Int
}

extension ReadableFile {
  /// Reads up to `count` bytes from a position, fewer only at the end of the file.
  ///
  /// Memory is taken for no more than the file has left, however large `count` is.
  public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    guard offset >= 0, count > 0 else { return [] }
    var end = size
    if end - min(offset, end) < count { end = try status().size }
    var bytes = [UInt8](repeating: 0, count: min(count, max(end - offset, 0)))
    var span = bytes.mutableSpan
    let got = try read(at: offset, into: &span)
    if got < bytes.count { bytes.removeLast(bytes.count - got) }
    return bytes
  }
}

/// A file that is held by whoever has this, see ``FileSystem/hold(_:permissions:)``; dropping it
/// gives it back.
public protocol HeldFile: AnyObject, Sendable {
  /// What is held.
  var path: FilePath { get }
}

/// A file open for writing by one writer.
///
/// After a failed write or sync the file is broken for good: what is on the disk is unknown, so
/// every later call but ``close()`` throws too. Dropped unclosed, it is closed without a check.
public protocol WritableFile: AnyObject, Sendable {
  /// What was opened, for messages.
  var path: FilePath { get }

  /// Writes all bytes after those written before.
  func write(_ bytes: Span<UInt8>) throws(FileError)

  /// Writes all bytes at a position and leaves alone where the next plain write goes.
  ///
  /// Not for files opened for appending, which throw.
  func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError)

  /// Cuts the file, or fills it with zeros, to a size; the next plain write goes to its new end
  /// only in a file opened for appending.
  func truncate(to size: Int) throws(FileError)

  /// Returns once the bytes and the description survive power loss. The name may not: see
  /// ``FileSystem/synchronizeDirectory(_:)``.
  func synchronize() throws(FileError)

  /// Returns once the bytes and what is needed to read them back survive power loss.
  func synchronizeData() throws(FileError)

  /// Closes the file; the second time does nothing.
  func close() throws(FileError)
}

extension WritableFile {
  /// Writes all bytes after those written before.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes.span)
  }

  /// Writes a string's UTF-8.
  public func write(_ string: String) throws(FileError) {
    try write(Array(string.utf8).span)
  }
}
