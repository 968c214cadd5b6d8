internal import PandoBytes
internal import PandoFiles

/// A piece of a pack in memory. It is small where reads jump about and grows where they go on.
struct PackWindow: Sendable {
  /// Bytes read at a place that is new: most entries are smaller.
  static let bytesMin = 4 << 10
  /// Bytes read at once when reads follow each other.
  static let bytesMax = 128 << 10

  /// The bytes, of which `count` are filled.
  private(set) var storage: [UInt8] = []
  private var pack: UInt32 = 0
  private var start = 0
  private var count = 0
  private var size = Self.bytesMin

  /// Where in `storage` the bytes from `offset` on are; empty when they are not there.
  func range(from offset: Int) -> Range<Int> {
    let index = offset - start
    return index >= 0 && index < count ? index..<count : 0..<0
  }

  /// Sees to it that `needed` bytes from `offset` on are here, or as many as the entries have.
  mutating func load(
    _ pack: PackFile, at offset: Int, needed: Int
  ) throws(FileError) {
    let isHere = self.pack == pack.number && offset >= start && offset <= start + count
    if isHere, start + count - offset >= min(needed, pack.end - offset) { return }
    size = isHere ? min(size * 2, Self.bytesMax) : Self.bytesMin
    let wanted = max(0, min(max(size, needed), pack.end - offset))
    if storage.count < wanted {
      storage = [UInt8](repeating: 0, count: max(wanted, Self.bytesMin))
    }
    self.pack = pack.number
    start = offset
    count = 0
    guard wanted > 0 else { return }
    var span = storage.mutableSpan
    var target = span._mutatingExtracting(first: wanted)
    count = try pack.file.read(at: offset, into: &target)
  }
}
