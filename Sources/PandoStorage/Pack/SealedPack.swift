internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// How a pack that is written to its end gets its names.
struct SealedPack {
  /// How often a file is written again that a clean-up takes away.
  private static let attemptsMax = 16
  private static let chunkBytes = 256 << 10

  /// Where it goes.
  let path: FilePath
  /// The bytes of its index.
  let index: [UInt8]
  /// Whether a ``PackMark`` comes before it, which is then the caller's to remove.
  let isKept: Bool
  let durability: Durability
  let permissions: UInt16
  let files: any FileSystem
  let random: any RandomSource

  /// Publishes the file, and then the index, which is what makes its objects visible.
  func publish(_ file: consuming TemporaryFile) throws(PandoError) {
    do { try place(file) } catch { throw .refused("pack \(path)", error) }
  }

  /// The same; when a clean-up took the file away, as `git prune --expire=now` does, it is written
  /// again as `reader` has it still.
  func publish(
    _ file: consuming TemporaryFile, orCopyOf reader: any ReadableFile
  ) throws(PandoError) {
    var file = file
    var attempts = 0
    while true {
      do throws(FileError) { return try place(file) } catch {
        attempts += 1
        guard error.isNotFound, attempts < Self.attemptsMax else {
          throw .refused("pack \(path)", error)
        }
      }
      do { file = try copy(of: reader) } catch { throw .refused("pack \(path)", error) }
    }
  }

  private func place(_ file: consuming TemporaryFile) throws(FileError) {
    do throws(FileError) {
      try file.finishWriting(durability)
      var index = try makeFile("tmp_idx_")
      try index.write(self.index)
      try index.finishWriting(durability)
      if isKept { try PackMark.make(of: path, in: files) }
      _ = try file.publish(to: path, durability: durability.withoutDirectories)
      _ = try index.publish(to: PackNames.path(of: path, ending: ".idx"), durability: durability)
    } catch {
      if isKept { PackMark.remove(of: path, in: files) }
      throw error
    }
  }

  private func copy(of reader: any ReadableFile) throws(FileError) -> TemporaryFile {
    let copy = try makeFile("tmp_pack_")
    var offset = 0
    while true {
      let chunk = try reader.read(at: offset, count: Self.chunkBytes)
      if chunk.isEmpty { return copy }
      try copy.write(chunk)
      offset += chunk.count
    }
  }

  private func makeFile(_ prefix: String) throws(FileError) -> TemporaryFile {
    try TemporaryFile.create(
      in: path.parent, prefix: prefix, permissions: permissions, fileSystem: files, random: random)
  }
}
