internal import PandoBytes
package import PandoFiles
internal import PandoObjects

/// The file `.keep` that a new pack has until references lead to it, so that no clean-up takes it
/// away. It says that it is such a mark: one that a user made is left alone.
package enum PackMark {
  private static let text = Array("pando: the references to this pack are being written\n".utf8)
  private static let ending = ".keep"
  /// How long a reference may take.
  private static let secondsMax: Int64 = 24 * 3600

  /// Marks a pack that is about to get its name; false when it is marked already, as it is by
  /// another process, or one that ended in the middle.
  static func make(of pack: FilePath, in files: any FileSystem) throws(FileError) -> Bool {
    do throws(FileError) {
      let path = PackNames.path(of: pack, ending: ending)
      let file = try files.createExclusively(path, permissions: 0o444)
      try file.write(text)
      try file.close()
      return true
    } catch  where error.isExists {
      return false
    }
  }

  /// Removes the mark of a pack. With one that cannot be removed a pack is only never repacked, so
  /// nobody is told.
  static func remove(of pack: FilePath, in files: any FileSystem) {
    let path = PackNames.path(of: pack, ending: ending)
    guard (try? files.contents(of: path, limit: text.count)) == text else { return }
    _ = try? files.remove(path)
  }

  /// Removes the marks that processes left which ended before a reference was written, a day ago.
  package static func removeStale(
    in directory: FilePath, _ files: any FileSystem, clock: any WallClock
  ) throws(FileError) {
    let now = clock.now().seconds
    for entry in try files.list(directory) ?? [] where entry.name.hasSuffix(ending) {
      let path = directory.appending(bytes: entry.nameBytes)
      guard let status = try files.status(of: path, followingLinks: false),
        status.size == text.count, now - status.modificationSeconds > secondsMax,
        try files.contents(of: path, limit: text.count) == text
      else { continue }
      try files.remove(path)
    }
  }
}
