internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// A file that ends in the checksum of what it holds, written piece by piece.
struct SummedFile: ~Copyable {
  private static let bufferBytes = 64 << 10

  private let write: ([UInt8]) throws(PandoError) -> Void
  private var hasher: ChecksumHasher
  private var buffer: [UInt8] = []

  /// Writes by way of `write`, which is given what has gathered.
  init(_ algorithm: HashAlgorithm, _ write: @escaping ([UInt8]) throws(PandoError) -> Void) {
    hasher = ChecksumHasher(algorithm)
    self.write = write
  }

  /// Appends what `body` appends.
  mutating func append(_ body: (inout [UInt8]) -> Void) throws(PandoError) {
    body(&buffer)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  private mutating func flush() throws(PandoError) {
    let bytes = buffer
    hasher.update(bytes.span)
    try write(bytes)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Appends the checksum and ends.
  consuming func finish() throws(PandoError) {
    try flush()
    hasher.finish().append(to: &buffer)
    try write(buffer)
  }
}
