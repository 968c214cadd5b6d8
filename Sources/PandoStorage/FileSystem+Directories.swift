internal import PandoFiles

extension FileSystem {
  /// The path without symbolic links, `.` and `..`; names that do not exist are kept as they are.
  /// A relative path starts at `directory`. Costs one call for each step.
  func realPath(of path: FilePath, from directory: FilePath) throws(FileError) -> FilePath {
    let linksMax = 40
    var pending = Array(path.resolved(against: directory).components.reversed())
    var found: FilePath = "/"
    var links = 0
    while let step = pending.popLast() {
      if step.elementsEqual(".".utf8) { continue }
      if step.elementsEqual("..".utf8) {
        found = found.parent
        continue
      }
      let next = found.appending(bytes: step)
      guard let target = try readLink(next) else {
        found = next
        continue
      }
      links += 1
      guard links <= linksMax else {
        throw FileError(call: "realpath", path: path, errno: FileErrorNumber.tooManyLinks)
      }
      if target.isAbsolute { found = "/" }
      pending.append(contentsOf: target.components.reversed())
    }
    return found
  }

  /// Removes a directory and those below it; throws when there is anything else in them.
  func removeEmptyTree(_ path: FilePath) throws(FileError) {
    var pending = [(path: path, isListed: false)]
    while let next = pending.popLast() {
      if next.isListed {
        try removeDirectory(next.path)
        continue
      }
      pending.append((next.path, true))
      for entry in try list(next.path) ?? [] {
        // A file has no entries either, and cannot be removed as a directory.
        pending.append((next.path.appending(bytes: entry.nameBytes), false))
      }
    }
  }
}
