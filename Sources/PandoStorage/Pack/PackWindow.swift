internal import PandoBytes
internal import PandoFiles

/// The piece of a pack that one thread looks at: a shared block where reads jump about, bytes of
/// its own where they go on.
struct PackWindow: Sendable {
  /// Bytes of its own that are read at a place that is new.
  static let bytesMin = 4 << 10
  /// Bytes of its own that are read at once when reads follow each other.
  static let bytesMax = 128 << 10

  /// Whether the pack is read from start to end, so that no block would be met again.
  var isSequential = false
  /// The bytes, of which `count` are filled.
  private(set) var bytes: [UInt8] = []
  private var pack: UInt32 = 0
  private var start = 0
  private var count = 0
  private var own: [UInt8] = []
  private var size = Self.bytesMin

  /// Where in `bytes` those from `offset` on are; empty when they are not there.
  func range(from offset: Int) -> Range<Int> {
    let index = offset - start
    return index >= 0 && index < count ? index..<count : 0..<0
  }

  /// Sees to it that `needed` bytes from `offset` on, at most `PackBlocks.overlap`, are here, or as
  /// many as the entries have.
  ///
  /// - Parameter isBulk: whether they are the rest of a large object.
  mutating func load(
    _ pack: PackFile, at offset: Int, needed: Int, isBulk: Bool = false
  ) throws(FileError) {
    let isHere = self.pack == pack.number && offset >= start && offset <= start + count
    if isHere, start + count - offset >= min(needed, pack.end - offset) { return }
    if isSequential || isBulk {
      try read(pack, at: offset, needed: needed, isNext: isHere)
    } else {
      count = 0
      let block = try pack.blocks.block(pack, at: offset)
      bytes = block.bytes
      self.pack = pack.number
      start = block.start
      count = block.bytes.count
    }
  }

  private mutating func read(
    _ pack: PackFile, at offset: Int, needed: Int, isNext: Bool
  ) throws(FileError) {
    size = isNext ? min(size * 2, Self.bytesMax) : Self.bytesMin
    let wanted = max(0, min(max(size, needed), pack.end - offset))
    // Let go of the second reference, or the bytes would be copied before they are overwritten.
    bytes = []
    count = 0
    self.pack = pack.number
    start = offset
    if own.count < wanted { own = [UInt8](repeating: 0, count: max(wanted, Self.bytesMin)) }
    if wanted > 0 {
      var span = own.mutableSpan
      var target = span._mutatingExtracting(first: wanted)
      count = try pack.file.read(at: offset, into: &target)
    }
    bytes = own
  }
}
