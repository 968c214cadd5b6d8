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
  /// What its index tells.
  let contents: IndexedPack
  /// Whether a ``PackMark`` comes before it, which is then the caller's to remove.
  let isKept: Bool
  let durability: Durability
  let permissions: UInt16
  let files: any FileSystem
  let random: any RandomSource

  /// Publishes the file, and then the index, which is what makes its objects visible.
  func publish(_ file: consuming TemporaryFile) throws(PandoError) {
    do throws(PandoError) { try place(file) } catch {
      if isKept { PackMark.remove(of: path, in: files) }
      throw error
    }
  }

  /// The same; when a clean-up took the file away, as `git prune --expire=now` does, it is written
  /// again as `reader` has it still.
  func publish(
    _ file: consuming TemporaryFile, orCopyOf reader: any ReadableFile
  ) throws(PandoError) {
    var file = file
    var attempts = 0
    while true {
      do throws(PandoError) { return try publish(file) } catch {
        attempts += 1
        guard attempts < Self.attemptsMax, (error.cause as? FileError)?.isNotFound == true else {
          throw error
        }
      }
      file = try copy(of: reader)
    }
  }

  private func place(_ file: consuming TemporaryFile) throws(PandoError) {
    do { try file.finishWriting(durability) } catch { throw .refused("pack \(path)", error) }
    let index = try PackSidecar.make(
      "tmp_idx_", in: path.parent, files, random, durability, permissions: permissions
    ) { (write) throws(PandoError) in try contents.writeIndex(IndexedPack.IndexFormat(), write) }
    do throws(FileError) {
      if isKept { try PackMark.make(of: path, in: files) }
      _ = try file.publish(to: path, durability: durability.withoutDirectories)
      _ = try index.publish(to: PackNames.path(of: path, ending: ".idx"), durability: durability)
    } catch {
      throw .refused("pack \(path)", error)
    }
  }

  private func copy(of reader: any ReadableFile) throws(PandoError) -> TemporaryFile {
    let copy = try TemporaryFile.makeForPack(
      "tmp_pack_", in: path.parent, files: files, random: random, permissions: permissions)
    do throws(FileError) {
      var offset = 0
      while true {
        let chunk = try reader.read(at: offset, count: Self.chunkBytes)
        if chunk.isEmpty { return copy }
        try copy.write(chunk)
        offset += chunk.count
      }
    } catch {
      throw .refused("pack \(path)", error)
    }
  }
}
