/// What a file system knows of a file without reading it.
public struct FileStatus: Hashable, Sendable {
  /// What stands at a path.
  public enum Kind: Hashable, Sendable {
    /// A regular file.
    case file
    /// A directory.
    case directory
    /// A symbolic link, when links were not followed.
    case symbolicLink
    /// A device, a socket or a pipe.
    case other
  }

  /// What it is.
  public var kind: Kind
  /// Bytes of a file, or of a symbolic link's target.
  public var size: Int
  /// When its bytes last changed, in seconds since 1970.
  public var modificationSeconds: Int64
  /// The rest of that time in nanoseconds.
  public var modificationNanoseconds: Int32
  /// When its bytes or its description last changed, in seconds since 1970.
  public var changeSeconds: Int64
  /// The rest of that time in nanoseconds.
  public var changeNanoseconds: Int32
  /// Its number on its device.
  public var inode: UInt64
  /// The device's number.
  public var device: UInt64
  /// The twelve permission bits, as `chmod` takes them.
  public var permissions: UInt16
  /// The owner's number.
  public var owner: UInt32
  /// The group's number.
  public var group: UInt32
  /// Bytes that it takes on the disk, as far as the disk tells.
  public var allocatedBytes: Int

  /// Makes a status; only kind and size have no default.
  public init(
    kind: Kind, size: Int, modificationSeconds: Int64 = 0, modificationNanoseconds: Int32 = 0,
    changeSeconds: Int64 = 0, changeNanoseconds: Int32 = 0, inode: UInt64 = 0, device: UInt64 = 0,
    permissions: UInt16 = 0, owner: UInt32 = 0, group: UInt32 = 0, allocatedBytes: Int = 0
  ) {
    self.kind = kind
    self.size = size
    self.modificationSeconds = modificationSeconds
    self.modificationNanoseconds = modificationNanoseconds
    self.changeSeconds = changeSeconds
    self.changeNanoseconds = changeNanoseconds
    self.inode = inode
    self.device = device
    self.permissions = permissions
    self.owner = owner
    self.group = group
    self.allocatedBytes = allocatedBytes
  }

  /// Whether the owner may run it: what Git keeps of the permission bits.
  public var isExecutable: Bool { permissions & 0o100 != 0 }
}

/// One name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
  /// The name's bytes.
  public let nameBytes: [UInt8]
  /// What it names, when the directory itself tells; else ask for its status.
  public let kind: FileStatus.Kind?

  /// Makes an entry.
  public init(nameBytes: [UInt8], kind: FileStatus.Kind?) {
    self.nameBytes = nameBytes
    self.kind = kind
  }

  /// The name as text; bytes that are not UTF-8 become replacement characters.
  public var name: String { String(decoding: nameBytes, as: UTF8.self) }
}
