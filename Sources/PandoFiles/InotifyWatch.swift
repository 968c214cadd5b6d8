#if os(Linux)
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What Linux tells of directories. Source: inotify(7).
final class InotifyWatch: DirectoryWatch {
  private static let path = FilePath("inotify")
  private static let changes =
    UInt32(IN_CREATE) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
    | UInt32(IN_DELETE) | UInt32(IN_DELETE_SELF) | UInt32(IN_ONLYDIR)
  /// The bytes before a name: four numbers of four bytes, of which the last is the name's length.
  private static let eventBytes = 16

  private let events: Int32
  /// Both ends of a pipe that wakes.
  private let woken: Int32
  private let waker: Int32

  init() throws(FileError) {
    let events = try SystemCalls.checked("inotify_init", Self.path) {
      Int(inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)))
    }
    self.events = Int32(truncatingIfNeeded: events)
    do throws(FileError) {
      (woken, waker) = try SystemCalls.openPipe(Self.path)
    } catch {
      SystemCalls.abandonFile(self.events)
      throw error
    }
  }

  deinit {
    for descriptor in [events, woken, waker] { SystemCalls.abandonFile(descriptor) }
  }

  func add(_ directory: FilePath) throws(FileError) {
    do throws(FileError) {
      try SystemCalls.watch(directory, by: events, for: Self.changes)
    } catch  where error.isNotFound || error.isNotDirectory {}
  }

  func wait(milliseconds: Int) throws(FileError) {
    let deadline = Deadline(in: milliseconds)
    while true {
      let left = deadline.millisecondsLeft
      var polled = [
        pollfd(fd: events, events: Int16(POLLIN), revents: 0),
        pollfd(fd: woken, events: Int16(POLLIN), revents: 0),
      ]
      try SystemCalls.checked("poll", Self.path) {
        Int(unsafe poll(&polled, 2, Int32(clamping: left)))
      }
      if polled[1].revents != 0 {
        _ = try read(woken)
        return
      }
      if polled[0].revents != 0, Self.tellsMore(try read(events)) { return }
      if left == 0 { return }
    }
  }

  func wake() {
    var one: UInt8 = 1
    // Fails only where it has been woken often enough already.
    _ = unsafe write(waker, &one, 1)
  }

  private func read(_ descriptor: Int32) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var span = bytes.mutableSpan
    let count = try SystemCalls.readStream(descriptor, into: &span, Self.path)
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Whether there is an event that is not only of locks, which come and go with each change.
  private static func tellsMore(_ events: [UInt8]) -> Bool {
    var offset = 0
    while offset + eventBytes <= events.count {
      // The event is wholly there; any four bytes are a number.
      let length = unsafe events.withUnsafeBytes {
        unsafe $0.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
      }
      let end = offset + eventBytes + Int(length)
      guard end <= events.count else { return true }
      let name = events[(offset + eventBytes)..<end].prefix { $0 != 0 }
      if !name.suffix(5).elementsEqual(".lock".utf8) { return true }
      offset = end
    }
    return false
  }
}
#endif
