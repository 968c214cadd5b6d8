internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Writes one pack into a directory and gives it its names.
struct PackPublisher {
  let files: any FileSystem
  let algorithm: HashAlgorithm
  let directory: FilePath
  let prefix: String
  let publication: ReceivedPack.Publication
  let random: any RandomSource
  let limit: Int
  let progress: (any ProgressMeter)?

  /// Git's least limit of a pack's size.
  static let limitMin = 1 << 20
  private static let chunkBytes = 256 << 10

  /// Writes the entries of `order` from `start` on, up to the limit, and moves `start` behind them.
  func publish(
    _ order: [Int32], from start: inout Int, _ maker: inout EntryMaker
  ) throws(PandoError) -> (path: FilePath, pack: IndexedPack) {
    let file = try TemporaryFile.makeForPack(
      "tmp_pack_", in: directory, files: files, random: random)
    let writer = file.writer
    let expected = order.count - start
    var stream = try PackStream(count: expected, algorithm) { (bytes) throws(PandoError) in
      do throws(FileError) { try writer.write(bytes) } catch {
        throw .refused("pack \(writer.path)", error)
      }
    }
    let first = start
    let bytesMax = limit > 0 ? max(limit, Self.limitMin) : Int.max
    while start < order.count {
      if start > first,
        stream.bytes + maker.bytesEstimate(Int(order[start])) + algorithm.byteCount > bytesMax
      {
        break
      }
      try maker.append(Int(order[start]), to: &stream)
      start += 1
      progress?.update(start)
    }
    var checksum = try stream.finish()
    let bytes = stream.bytes
    if start - first != expected {
      checksum = try correct(file.path, writer, count: start - first, bytes)
    }
    let pack = stream.indexed(checksum)
    let received = ReceivedPack(
      pack, file: file, directory: directory, files: files, random: random, rest: [])
    var publication = publication
    if prefix != "pack" {
      publication.path = directory.appending("\(prefix)-\(checksum.hex).pack")
    }
    return (try received.publish(publication).path, pack)
  }

  /// Puts the true count into the header of a pack that was cut short, and the checksum of all
  /// before it to its end.
  private func correct(
    _ path: FilePath, _ writer: any WritableFile, count: Int, _ bytes: Int
  ) throws(PandoError) -> Digest {
    do throws(FileError) {
      var header: [UInt8] = []
      header.append(bigEndian: UInt32(truncatingIfNeeded: count))
      try writer.write(header.span, at: 8)
      let end = bytes - algorithm.byteCount
      var hasher = ChecksumHasher(algorithm)
      guard let file = try files.openForReading(path) else {
        throw FileError(call: "open", path: path, errno: FileErrorNumber.notFound)
      }
      var place = 0
      while place < end {
        let chunk = try file.read(at: place, count: min(Self.chunkBytes, end - place))
        guard !chunk.isEmpty else {
          throw FileError(call: "read", path: path, errno: FileErrorNumber.notFound)
        }
        hasher.update(chunk.span)
        place += chunk.count
      }
      let checksum = hasher.finish()
      var trailer: [UInt8] = []
      checksum.append(to: &trailer)
      try writer.write(trailer.span, at: end)
      return checksum
    } catch {
      throw .refused("pack \(path)", error)
    }
  }
}
