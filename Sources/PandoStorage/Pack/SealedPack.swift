internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// How a pack that is written to its end gets its names.
struct SealedPack {
  /// How often a file is written again that a clean-up takes away.
  private static let attemptsMax = 16
  private static let chunkBytes = 256 << 10

  /// The directory that it goes to.
  let directory: FilePath
  /// What its index tells.
  let contents: IndexedPack
  /// Whether a ``PackMark`` comes before it, which is then the caller's to remove.
  let isKept: Bool
  let durability: Durability
  let permissions: UInt16
  let files: any FileSystem
  let random: any RandomSource

  /// Publishes the file, and then the index, which is what makes its objects visible; returns where
  /// the pack is.
  func publish(_ file: consuming TemporaryFile) throws(PandoError) -> FilePath {
    do { try file.finishWriting(durability) } catch { throw .refused("pack \(file.path)", error) }
    guard isKept else {
      let path = path(named: contents.checksum)
      try place(file, at: path)
      return path
    }
    let path = try mark()
    do throws(PandoError) { try place(file, at: path) } catch {
      PackMark.remove(of: path, in: files)
      throw error
    }
    return path
  }

  /// The same; when a clean-up took the file away, as `git prune --expire=now` does, it is written
  /// again as `reader` has it still.
  func publish(
    _ file: consuming TemporaryFile, orCopyOf reader: any ReadableFile
  ) throws(PandoError) -> FilePath {
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

  private func path(named name: Digest) -> FilePath { directory / "pack-\(name.hex).pack" }

  /// Marks a name that no pack had so far. A commit that is tried again may well make the same
  /// pack, and a clean-up may have listed the first one without a mark: it would leave out what it
  /// then finds in a marked one, and remove that.
  private func mark() throws(PandoError) -> FilePath {
    var name = contents.checksum
    while true {
      let path = path(named: name)
      do throws(FileError) {
        if try files.status(of: path, followingLinks: false) == nil,
          try PackMark.make(of: path, in: files)
        {
          return path
        }
      } catch {
        throw .refused("pack \(path)", error)
      }
      name = other(than: name)
    }
  }

  private func other(than name: Digest) -> Digest {
    var bytes: [UInt8] = []
    name.append(to: &bytes)
    bytes.append(bigEndian: random.next())
    var hasher = ChecksumHasher(name.algorithm)
    hasher.update(bytes.span)
    return hasher.finish()
  }

  private func place(_ file: consuming TemporaryFile, at path: FilePath) throws(PandoError) {
    let index = try PackSidecar.make(
      "tmp_idx_", in: directory, files, random, durability, permissions: permissions
    ) { (write) throws(PandoError) in try contents.writeIndex(IndexedPack.IndexFormat(), write) }
    do throws(FileError) {
      _ = try file.publish(to: path, durability: durability.withoutDirectories)
      _ = try index.publish(to: PackNames.path(of: path, ending: ".idx"), durability: durability)
    } catch {
      throw .refused("pack \(path)", error)
    }
  }

  private func copy(of reader: any ReadableFile) throws(PandoError) -> TemporaryFile {
    let copy = try TemporaryFile.makeForPack(
      "tmp_pack_", in: directory, files: files, random: random, permissions: permissions)
    do throws(FileError) {
      var offset = 0
      while true {
        let chunk = try reader.read(at: offset, count: Self.chunkBytes)
        if chunk.isEmpty { return copy }
        try copy.write(chunk)
        offset += chunk.count
      }
    } catch {
      throw .refused("pack \(copy.path)", error)
    }
  }
}
