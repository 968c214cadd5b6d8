internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The lock of a reference in a transaction.
protocol ReferenceLock: AnyObject {
  /// The reference's file.
  var path: FilePath { get }
  /// Whether directories were made for the lock.
  var madeDirectories: Bool { get }

  /// Writes the new value, syncs it as the policy says, and closes the file: a transaction may hold
  /// more locks than a process may have files open.
  func write(_ bytes: [UInt8], _ durability: Durability) throws(PandoError)

  /// Ends writing with nothing written.
  func finish() throws(PandoError)

  /// Puts the new value in place.
  func commit() throws(PandoError)

  /// Ends the lock's part in the transaction.
  func release()
}

/// A lock that the transaction has taken and gives back, as a file that becomes the reference's.
final class HeldReference: ReferenceLock {
  let name: ReferenceName
  let path: FilePath
  var madeDirectories = false
  private var lock: LockFile?

  init(_ name: ReferenceName, _ path: FilePath, _ lock: consuming LockFile) {
    self.name = name
    self.path = path
    self.lock = consume lock
  }

  func write(_ bytes: [UInt8], _ durability: Durability) throws(PandoError) {
    do throws(FileError) {
      try lock?.write(bytes)
      try lock?.finishWriting(durability)
    } catch {
      throw .file("couldn't write '\(LockFile.lockPath(for: path))'", error)
    }
  }

  func finish() throws(PandoError) { try write([], .none) }

  func commit() throws(PandoError) {
    do throws(FileError) {
      try lock.take()?.commit(.none)
    } catch {
      throw ReferenceProblem.cannotReplace(name, error)
    }
  }

  func release() { lock = nil }
}

/// A lock that was there before the transaction and stays. The new value goes by a file of its own,
/// which nobody else writes while the reference is locked.
final class KeptReference: ReferenceLock {
  let path: FilePath
  let madeDirectories = false
  private let name: ReferenceName
  private var next: NextVersion

  init(_ name: ReferenceName, _ path: FilePath, in fileSystem: any FileSystem) {
    self.name = name
    self.path = path
    // No reference has such a name, since that ends like a lock's.
    let aside = LockFile.lockPath(for: LockFile.lockPath(for: path))
    next = NextVersion(at: aside, in: fileSystem)
  }

  func write(_ bytes: [UInt8], _ durability: Durability) throws(PandoError) {
    do throws(FileError) { try next.write(bytes, durability) } catch {
      throw .file("couldn't write '\(next.path)'", error)
    }
  }

  func finish() {}

  func commit() throws(PandoError) {
    do throws(FileError) { _ = try next.replace(path) } catch {
      throw ReferenceProblem.cannotReplace(name, error)
    }
  }

  func release() { next.discard() }
}

/// The lock of the packed file, and the file's next version. The lock stays when that has taken the
/// file's place: nobody may pack a reference whose own file is about to be deleted.
final class HeldPackedReferences {
  private let fileSystem: any FileSystem
  /// The file, or what it is a symbolic link to.
  private let target: FilePath
  private var lock: LockFile?
  private var next: NextVersion

  init(_ lock: consuming LockFile, target: FilePath, in fileSystem: any FileSystem) {
    self.lock = consume lock
    self.target = target
    self.fileSystem = fileSystem
    // Where git puts it, too.
    next = NextVersion(at: target.adding(suffix: ".new"), in: fileSystem)
  }

  /// Writes the next version.
  func write(_ bytes: [UInt8], _ durability: Durability) throws(FileError) {
    try next.write(bytes, durability)
  }

  /// Puts the next version in place, if one was written.
  func commit(_ durability: Durability) throws(PandoError) {
    do throws(FileError) {
      guard try next.replace(target), durability.synchronizesDirectories else { return }
      try fileSystem.synchronizeDirectory(target.parent)
    } catch {
      throw .file("unable to write \(target)", error)
    }
  }

  /// Gives the lock back.
  func release() {
    next.discard()
    lock = nil
  }

  deinit { release() }
}
