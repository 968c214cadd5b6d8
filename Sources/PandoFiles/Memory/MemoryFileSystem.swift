internal import Synchronization

/// The door to a disk that is only memory.
///
/// It has the meanings of a local disk, as far as ``FileSystem`` tells them: exclusive creation,
/// renames in one step, hard and symbolic links, files that live on while open. Relative paths
/// start at the root. Nobody is refused for permissions.
///
/// After ``startRecording()`` it keeps every change, and ``crashImage(after:losing:)`` answers
/// what power loss could have left at any of them. One lock guards everything.
public final class MemoryFileSystem: FileSystem {
  struct State: Sendable {
    var disk: MemoryDisk
    /// The disk when recording started, all of it safe; nil when nothing is recorded.
    var base: MemoryDisk?
    var records: [DiskRecord] = []
    /// The nodes of files that are held, which is nothing that a disk keeps.
    var held: Set<Int> = []
  }

  /// The bits that a new file does not get.
  static let mask: UInt16 = 0o022

  let state: Mutex<State>
  let clock: any WallClock

  /// Makes an empty disk whose files get their times from a clock.
  public convenience init(clock: any WallClock = SystemClock()) {
    self.init(disk: MemoryDisk(at: FileTime(clock)), clock: clock)
  }

  init(disk: MemoryDisk, clock: any WallClock) {
    state = Mutex(State(disk: disk))
    self.clock = clock
  }

  /// Looks at the disk.
  func look<Value: Sendable>(
    _ body: (MemoryDisk) throws(FileError) -> Value
  ) throws(FileError) -> Value {
    try state.withLock { state throws(FileError) in try body(state.disk) }
  }

  /// Checks a change against the disk and makes it, in one step.
  func change<Value: Sendable>(
    _ body: (inout State, FileTime) throws(FileError) -> Value
  ) throws(FileError) -> Value {
    let time = FileTime(clock)
    return try state.withLock { state throws(FileError) in try body(&state, time) }
  }

  /// Gives back a file that was held.
  func endHold(_ node: Int) {
    state.withLock { state in
      state.held.remove(node)
      state.disk.release(node)
    }
  }

  /// Counts an open file out.
  func release(_ node: Int) {
    state.withLock { $0.disk.release(node) }
  }
}

extension MemoryFileSystem.State {
  /// Makes a change and keeps it when recording.
  mutating func perform(_ operation: DiskOperation, _ time: FileTime) {
    disk.apply(operation, at: time)
    if base != nil { records.append(DiskRecord(operation: operation, time: time)) }
  }

  /// Makes a node and names it.
  mutating func make(
    _ place: MemoryDisk.Place, _ kind: FileStatus.Kind, permissions: UInt16,
    bytes: [UInt8] = [], _ time: FileTime
  ) -> Int {
    let node = disk.reserveNode()
    perform(.make(node: node, kind: kind, permissions: permissions, bytes: bytes), time)
    perform(.enter(directory: place.directory, name: place.name, node: node), time)
    return node
  }
}

extension FileTime {
  fileprivate init(_ clock: any WallClock) {
    let now = clock.now()
    self.init(seconds: now.seconds, nanoseconds: now.nanoseconds)
  }
}
