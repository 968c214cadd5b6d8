// Only the preconcurrency import admits C's globals, such as the environment's address.
#if canImport(Glibc)
@unsafe @preconcurrency internal import Glibc
#elseif canImport(Musl)
@unsafe @preconcurrency internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Every call to the system on files, one function each; the other calls are in
/// `SystemCalls+Process.swift`.
///
/// Paths go down as arrays that end in a zero and live through the call; an interrupted call is
/// made again; failure becomes a ``FileError`` that names the call. The functions do not have C's
/// names, since a member of that name would hide the C function.
enum SystemCalls {
  /// Makes a call until no signal interrupts it; -1 is failure in every call made here.
  ///
  /// A descriptor that somebody set not to block, as `ssh` does with the streams that it shares,
  /// is waited for when `stream` says for what.
  @discardableResult
  static func checked(
    _ call: String, _ path: FilePath, target: FilePath? = nil, stream: pollfd? = nil,
    _ body: () -> Int
  ) throws(FileError) -> Int {
    while true {
      let result = body()
      if result != -1 { return result }
      let number = errno
      if number == EINTR { continue }
      if var stream, number == EAGAIN || number == EWOULDBLOCK {
        // The count is that of the one record; failure shows when the call is made again.
        _ = unsafe poll(&stream, 1, -1)
        continue
      }
      throw FileError(call: call, path: path, target: target, errno: number)
    }
  }

  /// The path as C wants it. A zero byte inside would name another file in silence.
  private static func terminated(_ path: FilePath, _ call: String) throws(FileError) -> [CChar] {
    guard !path.bytes.contains(0) else {
      throw FileError(call: call, path: path, errno: EINVAL)
    }
    var name = [CChar]()
    name.reserveCapacity(path.bytes.count + 1)
    for byte in path.bytes { name.append(CChar(bitPattern: byte)) }
    name.append(0)
    return name
  }
}

// MARK: Opening and closing

extension SystemCalls {
  /// How a file is opened; no descriptor is handed on to child processes.
  enum Access {
    case read
    case directory
    case createExclusively
    case append

    var flags: Int32 {
      switch self {
      case .read: O_RDONLY
      case .directory: O_RDONLY | O_DIRECTORY
      case .createExclusively: O_WRONLY | O_CREAT | O_EXCL
      case .append: O_WRONLY | O_CREAT | O_APPEND
      }
    }
  }

  static func openFile(
    _ path: FilePath, _ access: Access, permissions: UInt16 = 0
  ) throws(FileError) -> Int32 {
    let call = access == .createExclusively ? "create" : "open"
    let name = try terminated(path, call)
    let descriptor = try checked(call, path) {
      Int(unsafe open(name, access.flags | O_CLOEXEC, mode_t(permissions)))
    }
    return Int32(truncatingIfNeeded: descriptor)
  }

  /// Locks the open file for as long as a copy of the descriptor is open; false when another has
  /// it.
  static func tryLock(_ descriptor: Int32, _ path: FilePath) throws(FileError) -> Bool {
    do throws(FileError) {
      try checked("lock", path) { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }
      return true
    } catch  where error.errno == EWOULDBLOCK {
      return false
    }
  }

  #if os(Linux)
  /// The ends of a pipe, to read from and to write to; neither blocks.
  static func openPipe(_ path: FilePath) throws(FileError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    try checked("pipe", path) { Int(unsafe pipe(&ends)) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    return (ends[0], ends[1])
  }

  /// Adds a directory to those that an inotify descriptor tells of.
  static func watch(
    _ directory: FilePath, by descriptor: Int32, for events: UInt32
  ) throws(FileError) {
    let name = try terminated(directory, "watch")
    try checked("watch", directory) {
      Int(unsafe inotify_add_watch(descriptor, name, events))
    }
  }
  #endif

  /// Closes; an interrupted close has closed on the systems we run on and is not repeated.
  static func closeFile(_ descriptor: Int32, _ path: FilePath) throws(FileError) {
    if close(descriptor) == -1, errno != EINTR {
      throw FileError(call: "close", path: path, errno: errno)
    }
  }

  /// Closes where nothing was written, or nobody can be told of failure.
  static func abandonFile(_ descriptor: Int32) {
    _ = close(descriptor)
  }
}

// MARK: Bytes

extension SystemCalls {
  /// Fills the buffer from a position of the file, short only at its end.
  static func readBytes(
    _ descriptor: Int32, at offset: Int, into buffer: inout MutableSpan<UInt8>, _ path: FilePath
  ) throws(FileError) -> Int {
    guard offset >= 0 else { return 0 }
    return try unsafe buffer.withUnsafeMutableBytes { bytes throws(FileError) in
      var filled = 0
      while filled < bytes.count {
        let (position, overflows) = offset.addingReportingOverflow(filled)
        if overflows { break }
        // `filled` is below the count, and the slice carries the count that is left.
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
        let count = try checked("read", path) {
          unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(position))
        }
        if count == 0 { break }
        filled += count
      }
      return filled
    }
  }

  /// Reads what a stream has, up to the buffer's length; 0 at the stream's end.
  static func readStream(
    _ descriptor: Int32, into buffer: inout MutableSpan<UInt8>, _ path: FilePath
  ) throws(FileError) -> Int {
    let stream = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return try unsafe buffer.withUnsafeMutableBytes { bytes throws(FileError) in
      try checked("read", path, stream: stream) {
        // Address and count are those of one buffer.
        unsafe read(descriptor, bytes.baseAddress, bytes.count)
      }
    }
  }

  /// Writes all bytes, at a position or, without one, where the file stands.
  static func writeBytes(
    _ descriptor: Int32, _ buffer: Span<UInt8>, at offset: Int? = nil, _ path: FilePath
  ) throws(FileError) {
    let stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    try unsafe buffer.withUnsafeBytes { bytes throws(FileError) in
      var written = 0
      while written < bytes.count {
        let position = try filePosition(offset ?? 0, plus: written, path)
        // `written` is below the count, and the slice carries the count that is left.
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
        written += try checked("write", path, stream: stream) {
          offset == nil
            ? unsafe write(descriptor, rest.baseAddress, rest.count)
            : unsafe pwrite(descriptor, rest.baseAddress, rest.count, position)
        }
      }
    }
  }

  private static func filePosition(
    _ offset: Int, plus more: Int, _ path: FilePath
  ) throws(FileError) -> off_t {
    let (position, overflows) = offset.addingReportingOverflow(more)
    guard !overflows, position >= 0 else {
      throw FileError(call: "write", path: path, errno: EINVAL)
    }
    return off_t(position)
  }

  static func resize(_ descriptor: Int32, to size: Int, _ path: FilePath) throws(FileError) {
    try checked("truncate", path) { Int(ftruncate(descriptor, off_t(size))) }
  }

  static func synchronizeFile(_ descriptor: Int32, _ path: FilePath) throws(FileError) {
    #if canImport(Darwin)
    // There, fsync alone leaves the bytes in the drive's cache.
    try checked("sync", path) { Int(fcntl(descriptor, F_FULLFSYNC)) }
    #else
    try checked("sync", path) { Int(fsync(descriptor)) }
    #endif
  }

  static func synchronizeFileData(_ descriptor: Int32, _ path: FilePath) throws(FileError) {
    #if canImport(Darwin)
    try synchronizeFile(descriptor, path)
    #else
    try checked("sync", path) { Int(fdatasync(descriptor)) }
    #endif
  }

  /// Maps the first `size` bytes of a file for reading; `size` is above zero.
  static func mapFile(
    _ descriptor: Int32, size: Int, _ path: FilePath
  ) throws(FileError) -> UnsafeRawPointer {
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    // MAP_FAILED, a cast that Swift does not import, is the address of all ones.
    guard let address = unsafe address, UInt(bitPattern: address) != UInt.max else {
      throw FileError(call: "map", path: path, errno: errno)
    }
    return UnsafeRawPointer(address)
  }

  /// Ends a mapping made by ``mapFile(_:size:_:)`` with that size.
  static func unmap(_ address: UnsafeRawPointer, size: Int) {
    _ = unsafe munmap(UnsafeMutableRawPointer(mutating: address), size)
  }

  /// Drops pages of a private mapping that nobody has written to: they are read anew when touched.
  static func release(_ address: UnsafeRawPointer, size: Int) {
    _ = unsafe madvise(UnsafeMutableRawPointer(mutating: address), size, MADV_DONTNEED)
  }

  static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  static var openFilesMax: Int {
    let count = Int(sysconf(Int32(_SC_OPEN_MAX)))
    return count > 0 ? count : 256
  }
}

// MARK: Status

extension SystemCalls {
  static func statusOfFile(
    _ path: FilePath, followingLinks: Bool
  ) throws(FileError) -> FileStatus {
    let name = try terminated(path, "stat")
    var record = stat()
    try checked("stat", path) {
      Int(followingLinks ? unsafe stat(name, &record) : unsafe lstat(name, &record))
    }
    return FileStatus(record)
  }

  static func statusOfFile(
    _ descriptor: Int32, _ path: FilePath
  ) throws(FileError) -> FileStatus {
    var record = stat()
    try checked("stat", path) { Int(unsafe fstat(descriptor, &record)) }
    return FileStatus(record)
  }

  static func setMode(_ path: FilePath, _ permissions: UInt16) throws(FileError) {
    let name = try terminated(path, "chmod")
    try checked("chmod", path) { Int(unsafe chmod(name, mode_t(permissions))) }
  }

  static func setTimes(
    _ path: FilePath, to time: (seconds: Int64, nanoseconds: Int32)?
  ) throws(FileError) {
    let name = try terminated(path, "utimes")
    guard let time else {
      // Without times the call asks for leave to write only, not for ownership.
      try checked("utimes", path) { Int(unsafe utimensat(AT_FDCWD, name, nil, 0)) }
      return
    }
    let moment = timespec(tv_sec: time_t(time.seconds), tv_nsec: Int(time.nanoseconds))
    // The call reads two times: last access, last change.
    let pair = [moment, moment]
    try checked("utimes", path) { Int(unsafe utimensat(AT_FDCWD, name, pair, 0)) }
  }
}

extension FileStatus {
  fileprivate init(_ record: stat) {
    #if canImport(Darwin)
    let (modified, changed) = (record.st_mtimespec, record.st_ctimespec)
    #else
    let (modified, changed) = (record.st_mtim, record.st_ctim)
    #endif
    let kind: Kind =
      switch record.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      default: .other
      }
    self.init(
      kind: kind, size: Int(record.st_size),
      modificationSeconds: Int64(modified.tv_sec),
      modificationNanoseconds: Int32(truncatingIfNeeded: modified.tv_nsec),
      changeSeconds: Int64(changed.tv_sec),
      changeNanoseconds: Int32(truncatingIfNeeded: changed.tv_nsec),
      inode: UInt64(record.st_ino), device: UInt64(truncatingIfNeeded: record.st_dev),
      permissions: UInt16(record.st_mode & 0o7777), owner: record.st_uid, group: record.st_gid,
      // POSIX leaves the unit to the system; all of ours count 512 bytes.
      allocatedBytes: Int(record.st_blocks) * 512)
  }
}

// MARK: Names

extension SystemCalls {
  static func move(_ path: FilePath, to target: FilePath) throws(FileError) {
    let (name, newName) = (try terminated(path, "rename"), try terminated(target, "rename"))
    try checked("rename", path, target: target) { Int(unsafe rename(name, newName)) }
  }

  static func makeLink(_ path: FilePath, to target: FilePath) throws(FileError) {
    let (name, newName) = (try terminated(path, "link"), try terminated(target, "link"))
    try checked("link", path, target: target) { Int(unsafe link(name, newName)) }
  }

  static func makeSymbolicLink(_ path: FilePath, target: FilePath) throws(FileError) {
    let (name, words) = (try terminated(path, "symlink"), try terminated(target, "symlink"))
    try checked("symlink", path, target: target) { Int(unsafe symlink(words, name)) }
  }

  static func removeFile(_ path: FilePath) throws(FileError) {
    let name = try terminated(path, "unlink")
    try checked("unlink", path) { Int(unsafe unlink(name)) }
  }

  static func makeDirectory(_ path: FilePath, permissions: UInt16) throws(FileError) {
    let name = try terminated(path, "mkdir")
    try checked("mkdir", path) { Int(unsafe mkdir(name, mode_t(permissions))) }
  }

  static func removeEmptyDirectory(_ path: FilePath) throws(FileError) {
    let name = try terminated(path, "rmdir")
    try checked("rmdir", path) { Int(unsafe rmdir(name)) }
  }

  static func linkTarget(_ path: FilePath) throws(FileError) -> FilePath {
    let name = try terminated(path, "readlink")
    var text = [CChar](repeating: 0, count: 256)
    while true {
      let count = try checked("readlink", path) { unsafe readlink(name, &text, text.count) }
      if count < text.count {
        return FilePath(bytes: text[..<count].map(UInt8.init(bitPattern:)))
      }
      // A full buffer may be a cut target; no system has targets near this limit.
      guard text.count < 1 << 20 else {
        throw FileError(call: "readlink", path: path, errno: ENAMETOOLONG)
      }
      text = [CChar](repeating: 0, count: text.count * 2)
    }
  }

  static func entries(of path: FilePath) throws(FileError) -> [DirectoryEntry] {
    let descriptor = try openFile(path, .directory)
    guard let stream = unsafe fdopendir(descriptor) else {
      let number = errno
      abandonFile(descriptor)
      throw FileError(call: "list", path: path, errno: number)
    }
    // The stream owns the descriptor from here on.
    defer { _ = unsafe closedir(stream) }
    var found: [DirectoryEntry] = []
    while true {
      errno = 0
      guard let record = unsafe readdir(stream) else {
        if errno == 0 { return found }
        throw FileError(call: "list", path: path, errno: errno)
      }
      let entry = unsafe DirectoryEntry(record)
      if entry.nameBytes != [46], entry.nameBytes != [46, 46] { found.append(entry) }
    }
  }
}

extension DirectoryEntry {
  /// Reads a record that the next `readdir` overwrites.
  fileprivate init(_ record: UnsafeMutablePointer<dirent>) {
    let kind: FileStatus.Kind? =
      switch Int32(unsafe record.pointee.d_type) {
      case Int32(DT_REG): .file
      case Int32(DT_DIR): .directory
      case Int32(DT_LNK): .symbolicLink
      case Int32(DT_UNKNOWN): nil
      default: .other
      }
    // The record may end right after the name's zero, short of the declared array: so no copy of
    // the struct, but an address inside it, read up to the zero that the system puts there.
    let start = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let name = unsafe UnsafeRawPointer(record).advanced(by: start)
    let count = unsafe strlen(name.assumingMemoryBound(to: CChar.self))
    let bytes = unsafe UnsafeRawBufferPointer(start: name, count: count)
    self.init(nameBytes: unsafe Array(bytes), kind: kind)
  }
}
