/// One change to a ``MemoryDisk``, as small as a crash can tell apart.
enum DiskOperation: Hashable, Sendable {
  /// A node comes into being without a name; `bytes` is a symbolic link's target.
  case make(node: Int, kind: FileStatus.Kind, permissions: UInt16, bytes: [UInt8])
  case enter(directory: Int, name: [UInt8], node: Int)
  case leave(directory: Int, name: [UInt8])
  case move(node: Int, from: Int, name: [UInt8], to: Int, newName: [UInt8])
  case write(node: Int, offset: Int, bytes: [UInt8])
  case resize(node: Int, size: Int)
  case setPermissions(node: Int, permissions: UInt16)
  case setModificationTime(node: Int, time: FileTime)
  case synchronizeFile(node: Int)
  case synchronizeDirectory(node: Int)
}

/// Seconds since 1970 and the nanoseconds after them.
struct FileTime: Hashable, Sendable {
  var seconds: Int64
  var nanoseconds: Int32
}

/// An operation and when it came.
struct DiskRecord: Sendable {
  var operation: DiskOperation
  var time: FileTime
}

/// What a sync must have reached for an operation to survive power loss.
enum DiskBond {
  /// It is no change, or one that shows only through others.
  case none
  /// A sync of this file.
  case file(Int)
  /// A sync of one of these directories: a rename is one step on any disk that keeps a journal.
  case directories([Int])
}

extension DiskOperation {
  var bond: DiskBond {
    switch self {
    case .make, .synchronizeFile, .synchronizeDirectory: .none
    case .enter(let directory, _, _), .leave(let directory, _): .directories([directory])
    case .move(_, let from, _, let target, _): .directories([from, target])
    case .write(let node, _, _), .resize(let node, _), .setPermissions(let node, _),
      .setModificationTime(let node, _):
      .file(node)
    }
  }
}
