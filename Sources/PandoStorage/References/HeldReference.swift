internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The lock of one reference's file.
final class HeldReference {
  let name: ReferenceName
  let path: FilePath
  /// Whether directories were made for the lock.
  let madeDirectories: Bool
  private var lock: LockFile?

  init(
    _ name: ReferenceName, _ path: FilePath, _ lock: consuming LockFile, madeDirectories: Bool
  ) {
    self.name = name
    self.path = path
    self.lock = consume lock
    self.madeDirectories = madeDirectories
  }

  /// Writes the new value, syncs it as the policy says, and closes the file: a transaction may hold
  /// more locks than a process may have files open.
  func write(_ bytes: [UInt8], _ durability: Durability) throws(PandoError) {
    do throws(FileError) {
      try lock?.write(bytes)
      try lock?.finishWriting(durability)
    } catch {
      throw .file("couldn't write '\(LockFile.lockPath(for: path))'", error)
    }
  }

  /// Closes the file with nothing in it.
  func finish() throws(PandoError) { try write([], .none) }

  /// Puts the new value in place and gives the lock back.
  func commit() throws(PandoError) {
    do throws(FileError) {
      try lock.take()?.commit(.none)
    } catch {
      // Between our look and our rename somebody made a directory there, to lock a name below ours.
      guard !error.isDirectory else {
        throw PandoError(
          .conflictingUpdate,
          "cannot update the ref '\(name)': a reference below it is being made; try again",
          cause: error)
      }
      throw .file("cannot update the ref '\(name)'", error)
    }
  }

  /// Gives the lock back.
  func release() { lock = nil }
}

/// The lock of the packed file, with the file's next version written.
final class HeldPackedReferences {
  private let fileSystem: any FileSystem
  /// The file, or what it is a symbolic link to.
  private let target: FilePath
  private var lock: LockFile?
  private var bytes: [UInt8]?

  init(_ lock: consuming LockFile, target: FilePath, in fileSystem: any FileSystem) {
    self.lock = consume lock
    self.target = target
    self.fileSystem = fileSystem
  }

  /// Writes the next version.
  func write(_ next: [UInt8], _ durability: Durability) throws(FileError) {
    guard target == lock?.path else {
      // The link stays and what it leads to is replaced.
      bytes = next
      return
    }
    try lock?.write(next)
    try lock?.finishWriting(durability)
  }

  /// Puts the next version in place and gives the lock back.
  func commit(_ durability: Durability) throws(PandoError) {
    do throws(FileError) {
      if let bytes {
        try fileSystem.replaceContents(of: target, with: bytes, durability: durability)
        lock = nil
      } else {
        try lock.take()?.commit(durability)
      }
    } catch {
      throw .file("unable to write \(target)", error)
    }
  }

  /// Gives the lock back.
  func release() { lock = nil }
}
