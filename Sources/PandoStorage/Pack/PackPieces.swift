internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Inflates many streams of a pack in the order of their bytes: those that lie close together come
/// with one read.
struct PackPieces: ~Copyable {
  /// To read so many bytes that nobody wants costs less than another system call.
  private static let gapMax = 4 << 10
  /// The most bytes of a read that covers more than one stream.
  private static let bytesMax = 128 << 10

  private var inflater = Inflater()
  private var bytes: [UInt8] = []
  private var start = 0
  private var count = 0

  /// Inflates the streams of `entries`, which ascend, behind each other into `arena`, and tells of
  /// each where in it the stream begins; nil for one that is damaged. `sizes` has the inflated size
  /// of every entry. Takes no more memory than they need.
  mutating func inflate(
    _ entries: [UInt32], _ sizes: [UInt32], _ traversal: PackTraversal, into arena: inout [UInt8],
    _ note: (Int, Int?) -> Void
  ) throws(PandoError) {
    let total = entries.reduce(0) { $0 + Int(sizes[Int($1)]) }
    arena.removeAll(keepingCapacity: true)
    arena.reserveCapacity(total + Inflater.slackBytes)
    var index = 0
    while index < entries.count {
      let next = try load(entries, from: index, sizes, traversal)
      for number in entries[index..<next] {
        let number = Int(number)
        note(number, inflate(traversal.offset(of: number), Int(sizes[number]), traversal, &arena))
      }
      index = next
    }
  }

  /// Reads the bytes of the entry at `index` and of those that follow closely, and tells the index
  /// behind them.
  private mutating func load(
    _ entries: [UInt32], from index: Int, _ sizes: [UInt32], _ traversal: PackTraversal
  ) throws(PandoError) -> Int {
    let first = traversal.bytes(of: Int(entries[index]), size: Int(sizes[Int(entries[index])]))
    var end = first.upperBound
    var next = index + 1
    while next < entries.count {
      let more = traversal.bytes(of: Int(entries[next]), size: Int(sizes[Int(entries[next])]))
      guard more.lowerBound - end <= Self.gapMax,
        more.upperBound - first.lowerBound <= Self.bytesMax
      else { break }
      end = max(end, more.upperBound)
      next += 1
    }
    start = first.lowerBound
    let wanted = end - start
    // Taken out, so that there is one reference and nothing is copied.
    var buffer = bytes
    bytes = []
    defer { bytes = buffer }
    if buffer.count < wanted { buffer = [UInt8](repeating: 0, count: max(wanted, Self.bytesMax)) }
    var span = buffer.mutableSpan
    var target = span._mutatingExtracting(first: wanted)
    do { count = try traversal.pack.file.read(at: start, into: &target) } catch {
      throw .refused("pack \(traversal.reader.path)", error)
    }
    return next
  }

  /// Inflates the stream of the entry at `offset`, whose bytes are loaded, behind what `arena` has,
  /// and tells where; nil when it is damaged.
  private mutating func inflate(
    _ offset: Int, _ size: Int, _ traversal: PackTraversal, _ arena: inout [UInt8]
  ) -> Int? {
    let place = arena.count
    guard offset - start < count else { return nil }
    let bytes = bytes
    do {
      let input = bytes.span.extracting(offset - start..<count)
      let entry = try PackEntry.parse(
        input, at: offset, algorithm: traversal.reader.hashAlgorithm)
      guard entry.size == size, entry.dataOffset - start <= count else { return nil }
      let stream = bytes.span.extracting(entry.dataOffset - start..<count)
      var consumed: Int?
      try arena.append(addingCapacity: size + Inflater.slackBytes) {
        (output) throws(ParseError) in
        consumed = try inflater.inflateWhole(stream, size: size, into: &output)
      }
      return consumed == nil ? nil : place
    } catch {
      return nil
    }
  }
}

extension PackTraversal {
  /// The bytes of an entry with a stream of `size` bytes inflated: at most up to the next entry.
  func bytes(of entry: Int, size: Int) -> Range<Int> {
    let start = offset(of: entry)
    let end = entry + 1 < count ? offset(of: entry + 1) : pack.end
    // No encoder makes more of so many bytes; what does is read in another way.
    return start..<min(end, start + PackEntry.headerBytesMax + size + size / 256 + 256)
  }
}
