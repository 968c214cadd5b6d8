public import PandoBytes
public import PandoFiles
public import PandoObjects

extension PackBuilder {
  /// Writes one pack of all objects to a stream, and returns the checksum that it ends in. Throws
  /// what reading objects throws, and `.unreadable` when the stream takes no more.
  @discardableResult
  public mutating func write(to output: any ByteOutput) throws(PandoError) -> Digest {
    try prepare()
    let order = WriteOrder(rows).numbers
    let reused = reuse?.count ?? 0
    var maker = EntryMaker(self)
    var stream = try PackStream(
      count: order.count + reused, objects.hashAlgorithm
    ) { (bytes) throws(PandoError) in
      do throws(FileError) { try output.write(bytes) } catch {
        throw .refused("the pack's output", error)
      }
    }
    options.progress?.begin("Writing objects", total: order.count + reused)
    try reuse?.write(
      to: &stream, allowsOffsetDeltas: options.allowsOffsetDeltas, options.progress)
    for (done, number) in order.enumerated() {
      try maker.append(Int(number), to: &stream)
      options.progress?.transferred(stream.bytes)
      options.progress?.update(reused + done + 1)
    }
    let checksum = try stream.finish()
    do { try output.flush() } catch { throw .refused("the pack's output", error) }
    options.progress?.transferred(stream.bytes)
    options.progress?.end()
    statistics = maker.statistics
    statistics.objects += reused
    statistics.packReused = reused
    return checksum
  }

  /// Writes the packs into a directory with their indexes and returns their paths: one, or several
  /// when a limit of size is set; none when there is no object. Each is there whole or not at all:
  /// first its bytes are synced, then the index gets its name. The directory must exist.
  ///
  /// - Parameter prefix: what names begin with, before a dash and the checksum.
  public mutating func publish(
    in directory: FilePath, prefix: String = "pack",
    _ publication: ReceivedPack.Publication = ReceivedPack.Publication(),
    random: any RandomSource = SystemRandom()
  ) throws(PandoError) -> [FilePath] {
    try publishPacks(in: directory, prefix: prefix, publication, random: random).map(\.path)
  }

  /// Does the same, and tells what is in each pack.
  public mutating func publishPacks(
    in directory: FilePath, prefix: String = "pack",
    _ publication: ReceivedPack.Publication = ReceivedPack.Publication(),
    random: any RandomSource = SystemRandom()
  ) throws(PandoError) -> [(path: FilePath, pack: IndexedPack)] {
    // What an index needs is not known of what is taken over as it lies.
    try giveUpReuse()
    try prepare()
    let order = WriteOrder(rows).numbers
    var maker = EntryMaker(self)
    var packs: [(path: FilePath, pack: IndexedPack)] = []
    var start = 0
    options.progress?.begin("Writing objects", total: order.count)
    while start < order.count {
      let publisher = PackPublisher(
        files: objects.files, algorithm: objects.hashAlgorithm, directory: directory,
        prefix: prefix, publication: publication, random: random,
        limit: options.packSizeLimit, progress: options.progress)
      packs.append(try publisher.publish(order, from: &start, &maker))
      maker.restart()
    }
    options.progress?.end()
    statistics = maker.statistics
    return packs
  }
}
