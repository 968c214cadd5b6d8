extension MemoryFileSystem {
  /// The node at a path, nil when absent.
  func node(
    _ disk: MemoryDisk, _ path: FilePath, _ call: String, followingLinks: Bool = true
  ) throws(FileError) -> Int? {
    do throws(FileError) {
      return try disk.place(of: path, call, followingLinks: followingLinks).node
    } catch let error where error.isNotFound || error.isNotDirectory {
      return nil
    }
  }

  /// The node of a file at a path, nil when absent; throws for a directory.
  func fileNode(_ disk: MemoryDisk, _ path: FilePath) throws(FileError) -> Int? {
    guard let node = try node(disk, path, "open") else { return nil }
    if disk.nodes[node]?.kind == .directory {
      throw FileError(call: "open", path: path, errno: FileErrorNumber.isDirectory)
    }
    return node
  }

  /// What stands at a path, or nil.
  public func status(
    of path: FilePath, followingLinks: Bool
  ) throws(FileError) -> FileStatus? {
    try look { disk throws(FileError) in
      try node(disk, path, "stat", followingLinks: followingLinks).flatMap(disk.status(of:))
    }
  }

  /// The whole of a file, shared until it changes.
  public func contents(of path: FilePath, limit: Int) throws(FileError) -> [UInt8]? {
    try look { disk throws(FileError) in
      guard let node = try fileNode(disk, path) else { return nil }
      let bytes = disk.nodes[node]?.bytes ?? []
      guard bytes.count <= limit else {
        throw FileError(call: "read", path: path, errno: FileErrorNumber.tooLarge)
      }
      return bytes
    }
  }

  /// Opens a file for reads at any position.
  public func openForReading(_ path: FilePath) throws(FileError) -> (any ReadableFile)? {
    try change { state, _ throws(FileError) in
      guard let node = try fileNode(state.disk, path) else { return nil }
      state.disk.retain(node)
      let size = state.disk.nodes[node]?.bytes.count ?? 0
      return MemoryReadableFile(self, node: node, path: path, size: size)
    }
  }

  /// Copies a file; later changes do not show.
  public func map(_ path: FilePath) throws(FileError) -> MappedFile? {
    try contents(of: path, limit: Int.max).map { MappedFile($0) }
  }

  /// A directory's entries in byte order.
  public func list(_ path: FilePath) throws(FileError) -> [DirectoryEntry]? {
    try look { disk throws(FileError) in
      guard let number = try node(disk, path, "open"), let node = disk.nodes[number],
        node.kind == .directory
      else { return nil }
      return node.entries
        .map { DirectoryEntry(nameBytes: $0.key, kind: disk.nodes[$0.value]?.kind) }
        .sorted { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
    }
  }

  /// Where a symbolic link leads.
  public func readLink(_ path: FilePath) throws(FileError) -> FilePath? {
    try look { disk throws(FileError) in
      guard let number = try node(disk, path, "readlink", followingLinks: false),
        let node = disk.nodes[number], node.kind == .symbolicLink
      else { return nil }
      return FilePath(bytes: node.bytes)
    }
  }
}
