#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension MemoryDisk {
  /// Where a path leads.
  struct Place {
    /// The directory that has, or would have, the name.
    var directory: Int
    /// Empty when the path ends in the root, in `.` or in `..`.
    var name: [UInt8]
    /// What has the name.
    var node: Int?
  }

  private static let linksMax = 40
  private static let nameBytesMax = 255

  /// Walks a path from the root; relative paths start there too.
  ///
  /// The last name may be missing, every other must lead to a directory.
  func place(
    of path: FilePath, _ call: String, followingLinks: Bool
  ) throws(FileError) -> Place {
    func failure(_ number: Int32) -> FileError {
      FileError(call: call, path: path, errno: number)
    }
    if path.isEmpty { throw failure(ENOENT) }
    if path.bytes.contains(0) { throw failure(EINVAL) }
    let wantsDirectory = path.bytes.last == FilePath.slash
    var pending = Array(path.components.reversed())
    var trail = [Self.root]
    var links = 0
    while let name = pending.popLast() {
      if name == [UInt8(ascii: ".")] { continue }
      if name == Array("..".utf8) {
        if trail.count > 1 { trail.removeLast() }
        continue
      }
      if name.count > Self.nameBytesMax { throw failure(ENAMETOOLONG) }
      let directory = trail.last ?? Self.root
      let isLast = pending.isEmpty
      guard let number = nodes[directory]?.entries[name], let node = nodes[number] else {
        if isLast { return Place(directory: directory, name: name, node: nil) }
        throw failure(ENOENT)
      }
      if node.kind == .symbolicLink, followingLinks || !isLast || wantsDirectory {
        links += 1
        if links > Self.linksMax { throw failure(ELOOP) }
        let target = FilePath(bytes: node.bytes)
        if target.isAbsolute { trail = [Self.root] }
        pending += target.components.reversed()
      } else if node.kind == .directory {
        if isLast { return Place(directory: directory, name: name, node: number) }
        trail.append(number)
      } else if isLast && !wantsDirectory {
        return Place(directory: directory, name: name, node: number)
      } else {
        throw failure(ENOTDIR)
      }
    }
    return Place(directory: trail.dropLast().last ?? Self.root, name: [], node: trail.last)
  }

  /// Whether a directory is another one or stands somewhere below it.
  func isInside(_ directory: Int, _ other: Int) -> Bool {
    var pending = [other]
    while let next = pending.popLast() {
      if next == directory { return true }
      for child in (nodes[next]?.entries ?? [:]).values where nodes[child]?.kind == .directory {
        pending.append(child)
      }
    }
    return false
  }
}
