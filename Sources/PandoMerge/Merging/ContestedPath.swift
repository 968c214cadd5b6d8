internal import PandoBytes
internal import PandoObjects

/// What a tree has under a name.
struct FileVersion: Hashable {
  var mode: TreeEntry.Mode
  var id: ObjectID

  /// Whether both are files, or links, or submodules.
  func hasType(of other: FileVersion?) -> Bool {
    guard let other else { return false }
    return mode.bits & 0o170000 == other.mode.bits & 0o170000
  }

  func entry(_ name: ByteString) -> TreeEntry { TreeEntry(name: name, mode: mode, id: id) }
}

extension Versions<FileVersion> {
  /// Those that are not directories.
  var files: Versions { map { $0.mode.isDirectory ? nil : $0 } }
}

/// A path that looking at its three versions does not settle, at least not before renames are
/// known.
struct ContestedPath {
  /// What is not a directory.
  var files = Versions<FileVersion>()
  /// The names of versions that come from elsewhere; nil for this one.
  var names = Versions<ByteString>()
  /// Which trees have a directory of this name.
  var directories: Sides = []
  /// Which two trees have the same here.
  var agreement: Sides = []
  /// Why somebody has to decide about the path, whatever becomes of what it holds.
  var pathConflict: Conflict.Kind?
  /// Whether what was here is elsewhere now, so that nothing is left to do.
  var isGone = false
}

extension ByteString {
  /// The path of the directory that a path is in; the root is the empty path.
  var directory: ByteString {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return ByteString([]) }
    return ByteString(Array(bytes[..<slash]))
  }

  /// The last step of a path.
  var lastName: ByteString {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return self }
    return ByteString(Array(bytes[(slash + 1)...]))
  }

  /// The path of `name` in this directory.
  func path(of name: ByteString) -> ByteString {
    if isEmpty { return name }
    var bytes = self.bytes
    bytes.reserveCapacity(bytes.count + 1 + name.count)
    bytes.append(UInt8(ascii: "/"))
    bytes += name.bytes
    return ByteString(bytes)
  }

  /// Whether a path lies below `directory`.
  func isBelow(_ directory: ByteString) -> Bool {
    if directory.isEmpty { return true }
    return bytes.count > directory.count && bytes[directory.count] == UInt8(ascii: "/")
      && bytes.starts(with: directory.bytes)
  }

  /// Orders paths so that what is below a directory comes right after it.
  static func directoriesFirst(_ a: ByteString, _ b: ByteString) -> Bool {
    let shared = min(a.count, b.count)
    let order = a.bytes.span.extracting(0..<shared)
      .compareBytes(with: b.bytes.span.extracting(0..<shared))
    if order != 0 || a.count == b.count { return order < 0 }
    let slash = UInt8(ascii: "/")
    return a.count < b.count ? slash <= b.bytes[shared] : a.bytes[shared] < slash
  }
}
