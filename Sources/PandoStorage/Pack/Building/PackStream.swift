internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The bytes of one pack on their way out, with their checksum and what its index needs.
struct PackStream: ~Copyable {
  static let bufferBytes = 128 << 10

  private let write: ([UInt8]) throws(PandoError) -> Void
  private let algorithm: HashAlgorithm
  private var hasher: ChecksumHasher
  private var buffer: [UInt8] = []
  private var passed = 0
  /// What is known of each entry, in the order of the pack.
  private(set) var table: PackTable

  /// Starts a pack of `count` objects.
  init(
    count: Int, _ algorithm: HashAlgorithm,
    _ write: @escaping ([UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    guard let objects = UInt32(exactly: count) else {
      throw PandoError(.limitExceeded, "a pack cannot hold \(count) objects")
    }
    self.write = write
    self.algorithm = algorithm
    hasher = ChecksumHasher(algorithm)
    buffer.reserveCapacity(Self.bufferBytes + (16 << 10))
    buffer.append(text: "PACK")
    buffer.append(bigEndian: UInt32(2))
    buffer.append(bigEndian: objects)
    table = PackTable(algorithm)
  }

  /// How many bytes the pack has so far.
  var bytes: Int { passed + buffer.count }

  /// Appends one entry, which `body` appends to the buffer it is given and tells the number of the
  /// entry it is a delta on. Returns the number of the entry.
  mutating func append(
    _ id: ObjectID, _ kind: ObjectKind, _ body: (inout [UInt8]) throws(PandoError) -> Int?
  ) throws(PandoError) -> Int {
    let start = buffer.count
    let base = try body(&buffer)
    let checksum = Self.checksum(buffer, from: start)
    let number = table.append(
      offset: passed + start, type: buffer[start] >> 4 & 7, checksum: checksum)
    table.setResolved(number, id, kind)
    if let base { table.setLink(number, PackTable.stored(base)) }
    if buffer.count >= Self.bufferBytes { try pass() }
    return number
  }

  /// Appends bytes of entries of which `table` is to know nothing.
  mutating func copy(_ bytes: Span<UInt8>) throws(PandoError) {
    buffer.append(copying: bytes)
    if buffer.count >= Self.bufferBytes { try pass() }
  }

  private static func checksum(_ bytes: [UInt8], from start: Int) -> UInt32 {
    CRC32.checksum(bytes.span.extracting(start..<bytes.count))
  }

  private mutating func pass() throws(PandoError) {
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    hasher.update(bytes.span)
    passed += bytes.count
    try write(bytes)
    // What a large object has taken is given back.
    if bytes.capacity <= 4 * Self.bufferBytes {
      bytes.removeAll(keepingCapacity: true)
      buffer = bytes
    }
  }

  /// Ends the pack with its checksum, which is returned.
  mutating func finish() throws(PandoError) -> Digest {
    try pass()
    let checksum = hasher.finish()
    checksum.append(to: &buffer)
    try write(buffer)
    passed += buffer.count
    buffer = []
    return checksum
  }

  /// What is in the pack that ended in that checksum.
  consuming func indexed(_ checksum: Digest) -> IndexedPack {
    IndexedPack(
      checksum: checksum, table: table, order: PackNameOrder(table),
      end: passed - algorithm.byteCount, addedCount: 0)
  }
}
