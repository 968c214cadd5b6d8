internal import PandoBytes
internal import PandoFiles

/// Makes a file of chunks: a header, the table of contents, the chunks, the checksum of all that.
/// Source: gitformat-chunk.
struct ChunkFileWriter {
  private let header: [UInt8]
  private let algorithm: HashAlgorithm
  private var chunks: [(id: ChunkFile.ID, bytes: [UInt8])] = []

  /// Starts a file that begins with `header`, which tells `count` when the format wants it told.
  init(header: [UInt8], algorithm: HashAlgorithm) {
    self.header = header
    self.algorithm = algorithm
  }

  /// How many chunks the file has so far.
  var count: Int { chunks.count }

  /// Adds a chunk behind those added before. Its bytes are held until the file is written.
  mutating func add(_ id: ChunkFile.ID, _ bytes: [UInt8]) {
    chunks.append((id, bytes))
  }

  /// Gives the file to `sink` piece by piece and returns the checksum it ends in.
  @discardableResult
  func write<Failure: Error>(
    _ sink: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) -> Digest {
    var hasher = ChecksumHasher(algorithm)
    var start = header
    var offset = UInt64(header.count + (chunks.count + 1) * ChunkFile.rowBytes)
    for chunk in chunks {
      start.append(bigEndian: chunk.id.number)
      start.append(bigEndian: offset)
      offset += UInt64(chunk.bytes.count)
    }
    start.append(bigEndian: UInt32(0))
    start.append(bigEndian: offset)
    hasher.update(start.span)
    try sink(start.span)
    for chunk in chunks {
      hasher.update(chunk.bytes.span)
      try sink(chunk.bytes.span)
    }
    let checksum = hasher.finish()
    var trailer: [UInt8] = []
    checksum.append(to: &trailer)
    try sink(trailer.span)
    return checksum
  }

  /// The whole file.
  func bytes() -> [UInt8] {
    var bytes: [UInt8] = []
    write { (piece: Span<UInt8>) in bytes.append(copying: piece) }
    return bytes
  }
}
