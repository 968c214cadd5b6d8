internal import PandoFiles

/// The next version of a file, written beside it by whoever holds its lock in another file.
struct NextVersion {
  let path: FilePath
  private let fileSystem: any FileSystem
  private var isWritten = false

  /// - Parameter path: what nobody writes who does not hold the lock.
  init(at path: FilePath, in fileSystem: any FileSystem) {
    self.path = path
    self.fileSystem = fileSystem
  }

  /// Writes the version, and syncs it as the policy says.
  mutating func write(_ bytes: [UInt8], _ durability: Durability) throws(FileError) {
    // One may be left of a process that ended here.
    try fileSystem.remove(path)
    let file = try fileSystem.createExclusively(path, permissions: 0o666)
    isWritten = true
    try file.write(bytes)
    if durability.synchronizesFiles { try file.synchronize() }
    try file.close()
  }

  /// Puts the version in the file's place; false when none was written.
  mutating func replace(_ target: FilePath) throws(FileError) -> Bool {
    guard isWritten else { return false }
    try fileSystem.rename(path, to: target)
    isWritten = false
    return true
  }

  /// Removes what was written and is not in place.
  mutating func discard() {
    guard isWritten else { return }
    _ = try? fileSystem.remove(path)
    isWritten = false
  }
}
