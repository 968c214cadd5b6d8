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
      // It was cut short.
      let reader = try PandoError.wrapping("cannot read the pack") { () throws(FileError) in
        try file.reader()
      }
      checksum = try PackCount.write(
        start - first, to: writer, reader, end: bytes - algorithm.byteCount, algorithm)
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
}
