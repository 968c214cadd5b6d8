extension MemoryFileSystem {
  /// Where a new name is to be; throws when it is taken.
  private func freePlace(
    _ disk: MemoryDisk, _ path: FilePath, _ call: String
  ) throws(FileError) -> MemoryDisk.Place {
    let place = try disk.place(of: path, call, followingLinks: false)
    guard place.node == nil else {
      throw FileError(call: call, path: path, errno: FileErrorNumber.exists)
    }
    return place
  }

  /// Makes a new file and opens it.
  public func createExclusively(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile {
    try change { state, time throws(FileError) in
      let place = try freePlace(state.disk, path, "create")
      let node = state.make(place, .file, permissions: permissions & ~Self.mask, time)
      state.disk.retain(node)
      return MemoryWritableFile(self, node: node, path: path, appends: false)
    }
  }

  /// Opens a file so that every write lands at its end, making it when absent.
  public func openForAppending(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> any WritableFile {
    try change { state, time throws(FileError) in
      let place = try state.disk.place(of: path, "open", followingLinks: true)
      if let node = place.node, state.disk.nodes[node]?.kind == .directory {
        throw FileError(call: "open", path: path, errno: FileErrorNumber.isDirectory)
      }
      let node =
        place.node ?? state.make(place, .file, permissions: permissions & ~Self.mask, time)
      state.disk.retain(node)
      return MemoryWritableFile(self, node: node, path: path, appends: true)
    }
  }

  /// Holds a file, making it when absent.
  public func hold(
    _ path: FilePath, permissions: UInt16
  ) throws(FileError) -> (any HeldFile)? {
    try change { state, time throws(FileError) in
      let place = try state.disk.place(of: path, "open", followingLinks: true)
      let node =
        place.node ?? state.make(place, .file, permissions: permissions & ~Self.mask, time)
      guard state.held.insert(node).inserted else { return nil }
      state.disk.retain(node)
      return MemoryHeldFile(self, node: node, path: path)
    }
  }

  /// Makes one directory.
  public func createDirectory(_ path: FilePath, permissions: UInt16) throws(FileError) {
    try change { state, time throws(FileError) in
      let place = try freePlace(state.disk, path, "mkdir")
      _ = state.make(place, .directory, permissions: permissions & ~Self.mask, time)
    }
  }

  /// Makes a symbolic link.
  public func createSymbolicLink(_ path: FilePath, target: FilePath) throws(FileError) {
    try change { state, time throws(FileError) in
      let place = try freePlace(state.disk, path, "symlink")
      if target.isEmpty {
        throw FileError(
          call: "symlink", path: path, target: target, errno: FileErrorNumber.notFound)
      }
      _ = state.make(place, .symbolicLink, permissions: 0o777, bytes: target.bytes, time)
    }
  }

  /// Gives a file a second name.
  public func link(_ path: FilePath, to target: FilePath) throws(FileError) {
    try change { state, time throws(FileError) in
      let (node, place) = try Self.naming(path, target) { () throws(FileError) in
        (
          try existing(state.disk, path, "link").node,
          try freePlace(state.disk, target, "link")
        )
      }
      if state.disk.nodes[node]?.kind == .directory {
        throw FileError(
          call: "link", path: path, target: target, errno: FileErrorNumber.notPermitted)
      }
      state.perform(.enter(directory: place.directory, name: place.name, node: node), time)
    }
  }
}
