#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension FileError {
  /// Whether nothing is there.
  public var isNotFound: Bool { errno == ENOENT }
  /// Whether something is there already; for a lock file, whether it is held.
  public var isExists: Bool { errno == EEXIST }
  /// Whether something on the path is not a directory.
  public var isNotDirectory: Bool { errno == ENOTDIR }
  /// Whether a directory stands where a file was wanted.
  public var isDirectory: Bool { errno == EISDIR }
  /// Whether a directory still has entries; some systems say `EEXIST`.
  public var isNotEmpty: Bool { errno == ENOTEMPTY }
  /// Whether the user may not do this.
  public var isPermission: Bool { errno == EACCES || errno == EPERM || errno == EROFS }
  /// Whether the disk or the quota is full.
  public var isNoSpace: Bool { errno == ENOSPC || errno == EDQUOT }
  /// Whether the file is above the caller's limit.
  public var isTooLarge: Bool { errno == EFBIG }
  /// Whether nobody reads the pipe any more.
  public var isBrokenPipe: Bool { errno == EPIPE }
  /// Whether too many symbolic links were met.
  public var isTooManyLinks: Bool { errno == ELOOP }
  /// Whether the call makes no sense for what it was called on.
  public var isInvalid: Bool { errno == EINVAL }
  /// Whether the process, or the system, may open no more files.
  public var isTooManyOpenFiles: Bool { errno == EMFILE || errno == ENFILE }
  /// Whether source and target are on different disks.
  public var isCrossDevice: Bool { errno == EXDEV }

  /// Whether the disk cannot make this hard link though it could rename.
  var refusesHardLinks: Bool {
    [EPERM, EXDEV, EMLINK, EOPNOTSUPP, ENOTSUP, ENOSYS].contains(errno)
  }
}

/// The system's numbers for reasons, for those who stand in for a file system.
public enum FileErrorNumber {
  /// Nothing is there.
  public static let notFound = ENOENT
  /// Something is there already.
  public static let exists = EEXIST
  /// Not a directory.
  public static let notDirectory = ENOTDIR
  /// A directory.
  public static let isDirectory = EISDIR
  /// A directory with entries.
  public static let notEmpty = ENOTEMPTY
  /// Not permitted.
  public static let permission = EACCES
  /// The disk is full.
  public static let noSpace = ENOSPC
  /// The disk failed.
  public static let inputOutput = EIO
  /// Above the caller's limit.
  public static let tooLarge = EFBIG
  /// The process has as many files open as it may.
  public static let tooManyOpen = EMFILE
  /// Nobody reads the pipe any more.
  public static let brokenPipe = EPIPE
  /// Too many symbolic links.
  public static let tooManyLinks = ELOOP
  /// Source and target are on different disks.
  public static let crossDevice = EXDEV
  /// The argument makes no sense.
  public static let invalid = EINVAL
  /// The disk cannot do this, or it may not be done.
  public static let notPermitted = EPERM
  /// The file is closed.
  public static let badDescriptor = EBADF
}
