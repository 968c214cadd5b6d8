internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Reads entries of a pack again that the first pass has found, for one thread.
struct EntryReader: ~Copyable {
  /// Bytes that are read at a place that is new, and at once when reads follow each other.
  private static let windowBytesMin = 4 << 10
  private static let windowBytesMax = 64 << 10

  private let plan: DeltaResolution.Plan
  private var inflater = Inflater()
  private var window: [UInt8] = []
  private var windowStart = 0
  private var windowCount = 0
  private var delta: [UInt8] = []

  init(_ plan: DeltaResolution.Plan) { self.plan = plan }

  /// Where in the window the entry of a number is, read when it is not there.
  private mutating func load(_ number: Int) throws(PandoError) -> Range<Int> {
    let table = plan.table
    let offset = table.offset(number)
    let end = number + 1 < table.count ? table.offset(number + 1) : plan.end
    let needed = end - offset
    let position = offset - windowStart
    if position >= 0, position + needed <= windowCount { return position..<(position + needed) }
    let isNext = position >= 0 && position <= windowCount
    let size = isNext ? Self.windowBytesMax : Self.windowBytesMin
    let wanted = max(needed, min(size, plan.end - offset))
    if window.count < wanted || window.count > 2 * max(Self.windowBytesMax, wanted) {
      window = [UInt8](repeating: 0, count: max(Self.windowBytesMax, wanted))
    }
    windowStart = offset
    windowCount = 0
    let file = plan.file
    do throws(FileError) {
      var got = 0
      var span = window.mutableSpan
      var target = span._mutatingExtracting(first: wanted)
      got = try file.read(at: offset, into: &target)
      windowCount = got
    } catch {
      throw PandoError(.unreadable, "cannot pread pack file", cause: error)
    }
    guard windowCount >= needed else {
      throw PandoError(
        .corrupt, "premature end of pack file, \(needed - windowCount) bytes missing")
    }
    return 0..<needed
  }

  private func header(_ number: Int, _ range: Range<Int>) throws(PandoError) -> PackEntry {
    let offset = plan.table.offset(number)
    do {
      return try PackEntry.parse(
        window.span.extracting(range), at: offset, algorithm: plan.table.algorithm)
    } catch { throw PackScan.bad(offset, "\(error.reason)") }
  }

  /// Reads the size that an entry's header has.
  mutating func size(_ number: Int) throws(PandoError) -> Int {
    let range = try load(number)
    return try header(number, range).size
  }

  /// Reads a whole object.
  mutating func readWhole(
    _ number: Int, _ kind: ObjectKind, into object: inout HeadedObject
  ) throws(PandoError) {
    let range = try load(number)
    let entry = try header(number, range)
    object.begin(kind, size: entry.size)
    try inflate(entry, range, into: &object.bytes)
  }

  /// Reads a delta and applies it.
  mutating func readDelta(
    _ number: Int, on base: HeadedObject, _ kind: ObjectKind, into object: inout HeadedObject
  ) throws(PandoError) {
    let range = try load(number)
    let entry = try header(number, range)
    delta.removeAll(keepingCapacity: delta.capacity <= PackScan.wholeBytesMax)
    var inflated: [UInt8] = []
    swap(&inflated, &delta)
    defer { swap(&inflated, &delta) }
    try inflate(entry, range, into: &inflated)
    let body = base.bytes.span.extracting(base.start..<base.bytes.count)
    var start = 0
    object.bytes.removeAll(keepingCapacity: true)
    do {
      try DeltaReader.apply(
        inflated.span, to: body, limit: plan.objectBytesMax, appendingTo: &object.bytes
      ) { bytes, size in
        bytes.append(objectKind: kind, size: size)
        start = bytes.count
      }
    } catch {
      let isReserved = error.reason == DeltaReader.reservedOpcode
      throw PackScan.bad(
        entry.offset, "failed to apply delta",
        cause: isReserved ? EntryComplaint("unexpected delta opcode 0") : nil)
    }
    object.start = start
  }

  private mutating func inflate(
    _ entry: PackEntry, _ range: Range<Int>, into bytes: inout [UInt8]
  ) throws(PandoError) {
    let start = range.lowerBound + entry.dataOffset - entry.offset
    let window = window
    do {
      if entry.size <= PackScan.wholeBytesMax {
        var consumed: Int?
        try bytes.append(
          addingCapacity: entry.size + Inflater.slackBytes
        ) { (output) throws(ParseError) in
          consumed = try inflater.inflateWhole(
            window.span.extracting(start..<range.upperBound), size: entry.size, into: &output)
        }
        if consumed != nil { return }
      }
      _ = try inflater.inflate(
        window.span.extracting(start..<range.upperBound), size: entry.size,
        limit: plan.objectBytesMax, appendingTo: &bytes)
    } catch {
      throw PackScan.bad(entry.offset, "inflate returned \(inflater.status)")
    }
  }
}
