extension MemoryFileSystem {
  /// Where a path leads; throws when nothing is there. A final link is not followed.
  func existing(
    _ disk: MemoryDisk, _ path: FilePath, _ call: String
  ) throws(FileError) -> (directory: Int, name: [UInt8], node: Int) {
    let place = try disk.place(of: path, call, followingLinks: false)
    guard let node = place.node else {
      throw FileError(call: call, path: path, errno: FileErrorNumber.notFound)
    }
    return (place.directory, place.name, node)
  }

  /// Lets errors on one of two paths name both, as one call on both would.
  static func naming<Value>(
    _ path: FilePath, _ target: FilePath, _ body: () throws(FileError) -> Value
  ) throws(FileError) -> Value {
    do throws(FileError) {
      return try body()
    } catch {
      throw FileError(call: error.call, path: path, target: target, errno: error.errno)
    }
  }

  /// Gives a file or directory another name in one step.
  public func rename(_ path: FilePath, to target: FilePath) throws(FileError) {
    try change { state, time throws(FileError) in
      let (source, place) = try Self.naming(path, target) { () throws(FileError) in
        (
          try existing(state.disk, path, "rename"),
          try state.disk.place(of: target, "rename", followingLinks: false)
        )
      }
      if let number = Self.refusal(state.disk, source.node, place) {
        throw FileError(call: "rename", path: path, target: target, errno: number)
      }
      if source.name.isEmpty || place.name.isEmpty {
        throw FileError(
          call: "rename", path: path, target: target, errno: FileErrorNumber.invalid)
      }
      // Two names of one file: the system's call leaves both.
      if source.node == place.node { return }
      state.perform(
        .move(
          node: source.node, from: source.directory, name: source.name, to: place.directory,
          newName: place.name), time)
    }
  }

  /// Why a node may not move to a place, if so.
  private static func refusal(
    _ disk: MemoryDisk, _ node: Int, _ place: MemoryDisk.Place
  ) -> Int32? {
    let isDirectory = disk.nodes[node]?.kind == .directory
    if isDirectory, disk.isInside(place.directory, node) { return FileErrorNumber.invalid }
    guard let number = place.node, number != node, let replaced = disk.nodes[number] else {
      return nil
    }
    if isDirectory && replaced.kind != .directory { return FileErrorNumber.notDirectory }
    if !isDirectory && replaced.kind == .directory { return FileErrorNumber.isDirectory }
    return replaced.entries.isEmpty ? nil : FileErrorNumber.notEmpty
  }

  /// Sets the permission bits.
  public func setPermissions(of path: FilePath, to permissions: UInt16) throws(FileError) {
    try change { state, time throws(FileError) in
      let place = try state.disk.place(of: path, "chmod", followingLinks: true)
      guard let node = place.node else {
        throw FileError(call: "chmod", path: path, errno: FileErrorNumber.notFound)
      }
      state.perform(.setPermissions(node: node, permissions: permissions & 0o7777), time)
    }
  }

  /// Sets the time of the last change.
  @discardableResult
  public func setModificationTime(
    of path: FilePath, to time: (seconds: Int64, nanoseconds: Int32)?
  ) throws(FileError) -> Bool {
    try change { state, now throws(FileError) in
      guard let node = try node(state.disk, path, "utimes") else { return false }
      let time = time.map { FileTime(seconds: $0.seconds, nanoseconds: $0.nanoseconds) }
      state.perform(.setModificationTime(node: node, time: time ?? now), now)
      return true
    }
  }

  /// Removes a file's or symbolic link's name.
  @discardableResult
  public func remove(_ path: FilePath) throws(FileError) -> Bool {
    try change { state, time throws(FileError) in
      do throws(FileError) {
        let found = try existing(state.disk, path, "unlink")
        if state.disk.nodes[found.node]?.kind == .directory {
          throw FileError(call: "unlink", path: path, errno: FileErrorNumber.isDirectory)
        }
        state.perform(.leave(directory: found.directory, name: found.name), time)
        return true
      } catch let error where error.isNotFound || error.isNotDirectory {
        return false
      }
    }
  }

  /// Removes an empty directory.
  @discardableResult
  public func removeDirectory(_ path: FilePath) throws(FileError) -> Bool {
    try change { state, time throws(FileError) in
      guard try node(state.disk, path, "rmdir", followingLinks: false) != nil else {
        return false
      }
      let found = try existing(state.disk, path, "rmdir")
      let node = state.disk.nodes[found.node]
      if node?.kind != .directory {
        throw FileError(call: "rmdir", path: path, errno: FileErrorNumber.notDirectory)
      }
      if node?.entries.isEmpty == false {
        throw FileError(call: "rmdir", path: path, errno: FileErrorNumber.notEmpty)
      }
      if found.name.isEmpty {
        throw FileError(call: "rmdir", path: path, errno: FileErrorNumber.invalid)
      }
      state.perform(.leave(directory: found.directory, name: found.name), time)
      return true
    }
  }

  /// Records that a file's bytes are safe.
  public func synchronizeFile(_ path: FilePath) throws(FileError) {
    try change { state, time throws(FileError) in
      guard let node = try fileNode(state.disk, path) else {
        throw FileError(call: "open", path: path, errno: FileErrorNumber.notFound)
      }
      state.perform(.synchronizeFile(node: node), time)
    }
  }

  /// Records that a directory's names are safe.
  public func synchronizeDirectory(_ path: FilePath) throws(FileError) {
    try change { state, time throws(FileError) in
      let place = try state.disk.place(of: path, "open", followingLinks: true)
      guard let node = place.node else {
        throw FileError(call: "open", path: path, errno: FileErrorNumber.notFound)
      }
      guard state.disk.nodes[node]?.kind == .directory else {
        throw FileError(call: "open", path: path, errno: FileErrorNumber.notDirectory)
      }
      state.perform(.synchronizeDirectory(node: node), time)
    }
  }
}
