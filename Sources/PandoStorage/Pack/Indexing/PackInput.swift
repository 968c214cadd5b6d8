internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The bytes of a pack in their order, from a stream or a file: a window that moves on, behind
/// which everything is summed up and, from a stream, copied into a file.
struct PackInput: ~Copyable {
  /// Where the bytes come from.
  enum Source {
    case stream(any ByteInput)
    case file(any ReadableFile)
  }

  /// The bytes that are read from a file at once.
  static let windowBytes = 256 << 10
  /// The bytes that a stream is asked for at once.
  static let chunkBytes = 64 << 10

  private let source: Source
  /// The file that a stream is copied into.
  private let copy: (any WritableFile)?
  private let bytesMax: Int
  private let progress: (any ProgressMeter)?
  /// The window; what lies before `start` has been taken.
  private(set) var bytes: [UInt8] = []
  private(set) var start = 0
  /// Where in the pack the window begins.
  private var windowOffset = 0
  private var hasher: ChecksumHasher
  /// Up to where the window's bytes are summed up and copied.
  private var settled = 0
  private var checksum: UInt32 = 0
  /// Up to where the window's bytes are in `checksum`.
  private var checked = 0
  private var isAtEnd = false

  init(
    _ source: Source, copy: (any WritableFile)?, algorithm: HashAlgorithm, bytesMax: Int,
    progress: (any ProgressMeter)?
  ) {
    self.source = source
    self.copy = copy
    self.bytesMax = bytesMax
    self.progress = progress
    hasher = ChecksumHasher(algorithm)
  }

  /// Where in the pack the next byte is.
  var offset: Int { windowOffset + start }

  /// The bytes that are here.
  var available: Int { bytes.count - start }

  /// Sees to it that `count` bytes are here, or as many as there are.
  mutating func load(_ count: Int) throws(PandoError) {
    while available < count, !isAtEnd { try refill() }
  }

  /// Sees to it that `count` bytes are here. Throws when there are fewer.
  mutating func need(_ count: Int) throws(PandoError) {
    try load(count)
    guard available >= count else { throw PandoError(.corrupt, "early EOF") }
  }

  /// Takes bytes that are here.
  mutating func take(_ count: Int) throws(PandoError) {
    start += count
    guard offset <= bytesMax else {
      throw PandoError(
        .limitExceeded, "pack exceeds maximum allowed size (\(HumanSize.text(bytesMax)))")
    }
  }

  /// Starts the CRC-32 of an entry at the next byte.
  mutating func beginEntry() {
    checksum = 0
    checked = start
  }

  /// The CRC-32 since `beginEntry`.
  mutating func entryChecksum() -> UInt32 {
    sumUp()
    return checksum
  }

  private mutating func sumUp() {
    guard checked < start else { return }
    checksum = CRC32.checksum(
      bytes.span.extracting(checked..<start), continuing: checksum)
    checked = start
  }

  /// Hashes what has been taken, and copies it.
  private mutating func settle() throws(PandoError) {
    guard settled < start else { return }
    let window = bytes
    let taken = window.span.extracting(settled..<start)
    hasher.update(taken)
    do throws(FileError) { try copy?.write(taken) } catch {
      throw PandoError(.unreadable, "cannot write the pack", cause: error)
    }
    settled = start
  }

  private mutating func refill() throws(PandoError) {
    sumUp()
    try settle()
    let fileOffset = windowOffset + bytes.count
    windowOffset += start
    bytes.removeSubrange(0..<start)
    start = 0
    settled = 0
    checked = 0
    let before = bytes.count
    do throws(FileError) {
      switch source {
      case .stream(let stream): bytes += try stream.read(upTo: Self.chunkBytes)
      case .file(let file):
        let wanted = max(0, min(Self.windowBytes, file.size - fileOffset))
        guard wanted > 0 else { break }
        try bytes.append(addingCapacity: wanted) { (output) throws(FileError) in
          output.append(repeating: 0, count: wanted)
          var got = 0
          defer { output.removeLast(wanted - got) }
          var span = output.mutableSpan
          got = try file.read(at: fileOffset, into: &span)
        }
      }
    } catch {
      throw PandoError(.unreadable, "read error on input", cause: error)
    }
    isAtEnd = bytes.count == before
    progress?.transferred(windowOffset + bytes.count)
  }

  /// The checksum of all that has been taken.
  mutating func finishHashing() throws(PandoError) -> Digest {
    try settle()
    return hasher.finish()
  }

  /// The window's bytes that were not taken.
  var rest: [UInt8] { Array(bytes[start...]) }
}
