public import PandoBytes

/// One line of a tree: a mode, a name and what it names.
@frozen
public struct TreeEntry: Hashable, Sendable {
  /// The name, one step of a path.
  public var name: ByteString
  /// What kind of thing it is, and whether it may be executed.
  public var mode: Mode
  /// The object it names; a submodule's commit lives in another repository.
  public var id: ObjectID

  /// Makes an entry.
  public init(name: ByteString, mode: Mode, id: ObjectID) {
    self.name = name
    self.mode = mode
    self.id = id
  }

  /// A mode as stored: file type and permission bits, and the zeros that old writers put in front.
  @frozen
  public struct Mode: Hashable, Sendable {
    /// The bits of POSIX `st_mode`.
    public let bits: UInt32
    /// Zeros written before the number, which only foreign writers make.
    public let leadingZeros: UInt8

    /// Wraps mode bits.
    public init(bits: UInt32, leadingZeros: UInt8 = 0) {
      self.bits = bits
      self.leadingZeros = leadingZeros
    }

    /// A plain file, 100644.
    public static let file = Mode(bits: 0o100644)
    /// An executable file, 100755.
    public static let executable = Mode(bits: 0o100755)
    /// A symbolic link, 120000; the blob is its target.
    public static let symbolicLink = Mode(bits: 0o120000)
    /// A directory, 40000.
    public static let directory = Mode(bits: 0o040000)
    /// A commit of another repository, 160000.
    public static let submodule = Mode(bits: 0o160000)

    /// Whether the entry names a tree.
    public var isDirectory: Bool { bits & 0o170000 == 0o040000 }
    /// Whether the entry names a commit of another repository.
    public var isSubmodule: Bool { bits & 0o170000 == 0o160000 }
    /// Whether the entry is a symbolic link.
    public var isSymbolicLink: Bool { bits & 0o170000 == 0o120000 }
    /// Whether the entry is a file, executable or not.
    public var isRegular: Bool { bits & 0o170000 == 0o100000 }
    /// Whether the entry is a file that may be executed.
    public var isExecutable: Bool { bits & 0o170000 == 0o100000 && bits & 0o100 != 0 }

    /// The kind of object that such an entry names.
    public var kind: ObjectKind { isDirectory ? .tree : isSubmodule ? .commit : .blob }

    /// The mode that Git writes for this one: 644 or 755 for files, the type alone for others.
    public var canonical: Mode {
      switch bits & 0o170000 {
      case 0o100000: bits & 0o100 != 0 ? .executable : .file
      case 0o120000: .symbolicLink
      case 0o040000: .directory
      default: .submodule
      }
    }

    /// Octal digits as stored.
    public var text: String {
      String(repeating: "0", count: Int(leadingZeros)) + String(bits, radix: 8)
    }
  }

  /// Appends the entry as trees store it: mode, space, name, NUL, raw ID.
  public func append(to body: inout [UInt8]) {
    body.append(text: mode.text)
    body.append(UInt8(ascii: " "))
    body.append(contentsOf: name.bytes)
    body.append(0)
    id.digest.append(to: &body)
  }

  /// How many bytes it takes in a tree at most: the mode, a space, the name, a zero and the digest.
  var byteCountMax: Int { 6 + 1 + name.bytes.count + 1 + id.algorithm.byteCount }

  /// Orders as trees are sorted: bytewise, a directory as if its name ended in a slash.
  public static func precedes(_ a: TreeEntry, _ b: TreeEntry) -> Bool {
    TreeOrder.compare(
      a.name.bytes.span, isDirectory: a.mode.isDirectory,
      b.name.bytes.span, isDirectory: b.mode.isDirectory) < 0
  }
}

/// Git's order of tree entries. Source: gitformat-loose, fsck's `treeNotSorted`.
package enum TreeOrder {
  /// Negative, zero or positive as the first entry sorts before, with or after the second.
  package static func compare(
    _ a: Span<UInt8>, isDirectory aIsDirectory: Bool,
    _ b: Span<UInt8>, isDirectory bIsDirectory: Bool
  ) -> Int {
    let shared = min(a.count, b.count)
    let order = a.extracting(0..<shared).compareBytes(with: b.extracting(0..<shared))
    guard order == 0 else { return order }
    return Int(next(a, shared, aIsDirectory)) - Int(next(b, shared, bIsDirectory))
  }

  private static func next(_ name: Span<UInt8>, _ index: Int, _ isDirectory: Bool) -> UInt8 {
    index < name.count ? name[index] : isDirectory ? UInt8(ascii: "/") : 0
  }
}
