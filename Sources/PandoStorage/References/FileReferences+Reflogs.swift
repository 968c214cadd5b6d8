internal import PandoBytes
internal import PandoFiles
public import PandoObjects

/// How to take a log line back.
struct ReflogUndo {
  let path: FilePath
  /// The log's size before; nil when there was no log.
  let size: Int?
}

extension FileReferences {
  /// The reflog, oldest first; nil when there is none. Lines that are no entries are passed over.
  /// O(n) for the file.
  public func reflog(of name: ReferenceName) throws(PandoError) -> [ReflogEntry]? {
    guard let path = paths.reflog(name) else { return nil }
    do throws(FileError) {
      let bytes = try fileSystem.contents(of: path, limit: Reflog.bytesMax)
      return bytes.map { Reflog.parse($0, algorithm: hashAlgorithm) }
    } catch  where error.isDirectory {
      return nil
    } catch {
      throw .file("cannot read the reflog of '\(name)'", error)
    }
  }

  /// Adds lines to a log, which is started when the policy or the edit says so; nil when there is
  /// no log to be written.
  func append(_ lines: ReferencePlan.LogLines) throws(PandoError) -> ReflogUndo? {
    guard let path = paths.reflog(lines.name) else { return nil }
    let starts = lines.createsLog || options.logging.starts(lines.name)
    do throws(FileError) {
      let status = try fileSystem.status(of: path, followingLinks: true)
      let isDirectory = status?.kind == .directory
      guard starts || status != nil && !isDirectory else { return nil }
      let file = try openReflog(path)
      let undo = ReflogUndo(path: path, size: isDirectory ? nil : status?.size)
      do throws(FileError) {
        try file.write(lines.entries.flatMap { Reflog.serialize($0) })
        try file.close()
      } catch {
        self.undo(undo)
        throw error
      }
      return undo
    } catch  where error.isNotDirectory || error.isNotEmpty || error.isExists {
      throw PandoError(
        .invalidInput, "there are logs of other references at '\(path)'", cause: error)
    } catch {
      throw .file("unable to append to '\(path)'", error)
    }
  }

  private func openReflog(_ path: FilePath) throws(FileError) -> any WritableFile {
    var attempts = 0
    while true {
      do throws(FileError) {
        return try fileSystem.openForAppending(path, permissions: 0o666)
      } catch  where error.isDirectory && attempts < Self.directoryAttemptsMax {
        // Left by the log of a reference below this name.
        try fileSystem.removeEmptyTree(path)
        attempts += 1
      } catch  where error.isNotFound && attempts < Self.directoryAttemptsMax {
        do throws(FileError) {
          try fileSystem.createDirectories(path.parent, durability: options.durability)
        } catch  where error.isNotFound {
          // Removed again by another process.
        }
        attempts += 1
      }
    }
  }

  /// Takes a line back. What cannot be taken back stays: a log is a record, not the truth.
  func undo(_ undo: ReflogUndo) {
    guard let size = undo.size else {
      _ = try? fileSystem.remove(undo.path)
      return
    }
    guard let file = try? fileSystem.openForAppending(undo.path, permissions: 0o666) else { return }
    try? file.truncate(to: size)
    try? file.close()
  }

  /// Removes the log of a deleted reference.
  func removeReflog(_ name: ReferenceName) throws(PandoError) {
    guard let path = paths.reflog(name) else { return }
    let isRemoved = try PandoError.wrapping("cannot remove '\(path)'") {
      () throws(FileError) -> Bool in
      guard let status = try fileSystem.status(of: path, followingLinks: false),
        status.kind != .directory
      else { return false }
      return try fileSystem.remove(path)
    }
    if isRemoved { removeEmptyParents(of: path, name) }
  }
}
