#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Combines the deltas of a chain into one list of ranges of the whole object and of the deltas, so
/// that the object at the top is written once and no object between is made.
///
/// One more delta costs some nanoseconds for each range of its result, where to apply it costs the
/// whole object. Lists can be kept for the objects that stand on theirs (`DeltaLists`).
///
/// Deltas and whole objects lie in two buffers; a place in the first is its offset, one in the
/// second its offset and `secondStart`.
public struct DeltaChain: Sendable {
  /// Where bytes lie in the buffers.
  @frozen
  public struct Part: Sendable {
    /// The place of the first byte.
    public let place: UInt32
    /// How many bytes.
    public let count: UInt32

    /// Describes bytes in the buffers.
    public init(place: UInt32, count: UInt32) {
      self.place = place
      self.count = count
    }
  }

  /// One range of an object: where in the object it ends, in the low half; in the high half where
  /// its bytes begin, in the whole object, or with the top bit set in the buffers.
  typealias Row = UInt64

  /// Where the places in the second buffer begin; the first must be smaller.
  public static let secondStart: UInt32 = 1 << 30
  /// Larger objects are not combined.
  static let objectBytesMax = 1 << 30
  /// With fewer bytes a range, combining costs more than it saves.
  static let rangeBytesMin = 24
  static let literal: UInt32 = 1 << 31

  /// The list of the object that is worked on: `count` rows whose ends ascend to `size`, each a
  /// range of an object of `wholeSize` bytes or of a delta.
  private var rows: [Row] = []
  private var room: [Row] = []
  private(set) var count = 0
  private(set) var size = 0
  /// The size of the whole object; nil before the first delta.
  private(set) var wholeSize: Int?

  /// Makes an empty chain.
  public init() {}

  /// Starts anew with a whole object, of which nothing is known yet.
  public mutating func start() {
    count = 0
    wholeSize = nil
  }

  /// Starts anew with the object whose list was kept as `index`.
  public mutating func start(_ lists: DeltaLists, at index: Int) {
    let range = lists.range(of: index)
    reserve(range.count)
    rows.replaceSubrange(0..<range.count, with: lists.rows[range])
    count = range.count
    size = count == 0 ? 0 : Int(UInt32(truncatingIfNeeded: rows[count - 1]))
    wholeSize = lists.wholeSize(of: index)
  }

  /// The rows of the list.
  var list: ArraySlice<Row> { rows[..<count] }

  private mutating func reserve(_ wanted: Int) {
    if rows.count < wanted { rows += [Row](repeating: 0, count: max(wanted, 512)) }
    if room.count < wanted { room += [Row](repeating: 0, count: max(wanted, 512)) }
  }

  @_lifetime(copy first, copy second)
  static func bytes(_ part: Part, _ first: Span<UInt8>, _ second: Span<UInt8>) -> Span<UInt8> {
    let isInFirst = part.place < secondStart
    let start = Int(isInFirst ? part.place : part.place - secondStart)
    let range = start..<start + Int(part.count)
    return isInFirst ? first.extracting(range) : second.extracting(range)
  }
}

// MARK: Combining

extension DeltaChain {
  /// Puts a delta on the object: the list becomes that of the delta's result. False, the list being
  /// of no more use, when the deltas of the chain are better applied one by one.
  ///
  /// Throws for a damaged delta and for one whose base has another size than the object.
  public mutating func add(
    _ delta: Part, first: Span<UInt8>, second: Span<UInt8>
  ) throws(ParseError) -> Bool {
    let bytes = Self.bytes(delta, first, second)
    let sizes = try DeltaReader.sizes(of: bytes)
    guard max(sizes.base, sizes.result) <= Self.objectBytesMax else { return false }
    if wholeSize != nil, sizes.base != size {
      throw ParseError(
        DeltaReader.format, "is for a base of \(sizes.base) bytes, not of \(size)", at: 0)
    }
    let most = sizes.result / Self.rangeBytesMin + 256
    reserve(min(most, Int(delta.count) + count * 2 + 256) + 1)
    var made = try combine(bytes, delta.place, min(most, room.count - 1))
    if made >= room.count - 1, made < most {
      // Ranges that are copied more than once are rare.
      reserve(most + 1)
      made = try combine(bytes, delta.place, most)
    }
    swap(&rows, &room)
    count = made
    size = sizes.result
    if wholeSize == nil { wholeSize = sizes.base }
    return made < most
  }

  /// Puts the list of a delta's result into `room`, stops at `most` rows, and returns their number.
  private mutating func combine(
    _ delta: Span<UInt8>, _ place: UInt32, _ most: Int
  ) throws(ParseError) -> Int {
    var failure: ParseError?
    var made = 0
    let count = wholeSize == nil ? nil : count
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe room.withUnsafeMutableBufferPointer { room in
        guard let from = rows.baseAddress, let into = room.baseAddress else { return }
        var combined = unsafe Combined(rows: from, count: count, room: into, most: most)
        do throws(ParseError) {
          _ = try DeltaReader.run(delta) { instruction, start in
            switch instruction {
            case .copy(let from, let count):
              combined.copy(UInt32(truncatingIfNeeded: from), UInt32(count), UInt32(start))
            case .insert(let from, let count):
              combined.append((UInt32(from) &+ place) | Self.literal, UInt32(count), UInt32(start))
            }
          }
        } catch {
          failure = error
        }
        made = combined.made
      }
    }
    if let failure { throw failure }
    return made
  }

  /// A list that is being made from the rows of the object below, or from a whole object.
  @safe private struct Combined {
    let rows: UnsafePointer<Row>
    /// How many rows there are; nil below is a whole object. They cover it, and what is asked for
    /// lies in it, so that every search ends inside.
    let count: Int?
    let room: UnsafeMutablePointer<Row>
    /// How many rows `room` may get; it has room for one more.
    let most: Int
    var made = 0
    private var row = 0
    /// What would go on with the last row.
    private var next: UInt32 = .max

    init(
      rows: UnsafePointer<Row>, count: Int?, room: UnsafeMutablePointer<Row>, most: Int
    ) {
      unsafe self.rows = rows
      self.count = count
      unsafe self.room = room
      self.most = most
    }

    @inline(__always)
    mutating func append(_ source: UInt32, _ count: UInt32, _ start: UInt32) {
      let end = UInt64(start &+ count)
      let joins = source == next && made > 0
      let index = joins ? made &- 1 : made
      let begin = unsafe joins ? UInt32(truncatingIfNeeded: room[index] >> 32) : source
      unsafe room[index] = UInt64(begin) << 32 | end
      if !joins, made < most { made &+= 1 }
      next = source &+ count
    }

    @inline(__always)
    private func end(_ row: Int) -> UInt32 { unsafe UInt32(truncatingIfNeeded: rows[row]) }

    @inline(__always)
    mutating func copy(_ from: UInt32, _ count: UInt32, _ start: UInt32) {
      guard let rowCount = self.count else { return append(from, count, start) }
      seek(from, rowCount)
      var (from, left, start) = (from, count, start)
      while made < most {
        let value = unsafe rows[row]
        let rowStart = row == 0 ? 0 : end(row &- 1)
        let rowEnd = UInt32(truncatingIfNeeded: value)
        let piece = min(rowEnd &- from, left)
        append(UInt32(truncatingIfNeeded: value >> 32) &+ (from &- rowStart), piece, start)
        left &-= piece
        if left == 0 { break }
        from &+= piece
        start &+= piece
        row &+= 1
      }
    }

    /// Finds the row of a byte from the last one on, as copies mostly ascend.
    @inline(__always)
    private mutating func seek(_ from: UInt32, _ rowCount: Int) {
      var low = row
      if low == 0 || end(low &- 1) <= from {
        for _ in 0..<3 {
          if end(low) > from {
            row = low
            return
          }
          low &+= 1
        }
      } else {
        low = 0
      }
      // Halves without a branch that the CPU would have to guess. `length` rows from `low` on, the
      // last of which ends above `from` at the latest.
      var length = rowCount &- low
      while length > 1 {
        let half = length / 2
        low = end(low &+ half &- 1) <= from ? low &+ half : low
        length &-= half
      }
      row = low
    }
  }
}

// MARK: Making

extension DeltaChain {
  /// Makes the object that the list describes on the whole object `base`. Throws when that has
  /// another size than the lowest delta says, and for an object above `limit` bytes.
  public func object(
    on base: Part, first: Span<UInt8>, second: Span<UInt8>, limit: Int
  ) throws(ParseError) -> [UInt8] {
    let base = Self.bytes(base, first, second)
    guard base.count == wholeSize ?? base.count else {
      throw ParseError(
        DeltaReader.format, "is for a base of \(wholeSize ?? 0) bytes, not of \(base.count)", at: 0)
    }
    let size = wholeSize == nil ? base.count : size
    guard size <= limit else {
      throw ParseError(
        DeltaReader.format, "makes \(size) bytes, above the limit of \(limit)", at: 0)
    }
    if wholeSize == nil { return [UInt8](copying: base) }
    return [UInt8](capacity: size) { output in
      unsafe output.withUnsafeMutableBufferPointer { target, initialized in
        guard let into = target.baseAddress else { return }
        unsafe base.withUnsafeBufferPointer { base in
          unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
              unsafe gather(base, first, second, into)
            }
          }
        }
        // The ends of the rows ascend to `size`, each row beginning where the one before ended.
        initialized = size
      }
    }
  }

  private func gather(
    _ base: UnsafeBufferPointer<UInt8>, _ first: UnsafeBufferPointer<UInt8>,
    _ second: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>
  ) {
    var place = 0
    for row in list {
      let end = Int(UInt32(truncatingIfNeeded: row))
      let source = UInt32(truncatingIfNeeded: row >> 32)
      let count = end &- place
      let buffer: UnsafeBufferPointer<UInt8>
      var start = Int(source & ~Self.literal)
      if source & Self.literal == 0 {
        unsafe buffer = base
      } else if source & Self.secondStart == 0 {
        unsafe buffer = first
      } else {
        unsafe buffer = second
        start &-= Int(Self.secondStart)
      }
      // Kept lists are only as good as the buffers they are used with.
      precondition(start &+ count <= buffer.count, "a list is used with other buffers")
      guard let bytes = buffer.baseAddress else { continue }
      if count <= 32, size &- place >= 32, buffer.count &- start >= 32 {
        // Whatever is too much is overwritten by the rows behind.
        let (from, into) = unsafe (UnsafeRawPointer(bytes + start), UnsafeMutableRawPointer(target))
        let half = unsafe from.loadUnaligned(as: SIMD16<UInt8>.self)
        let rest = unsafe from.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self)
        unsafe into.storeBytes(of: half, toByteOffset: place, as: SIMD16<UInt8>.self)
        unsafe into.storeBytes(of: rest, toByteOffset: place &+ 16, as: SIMD16<UInt8>.self)
      } else {
        unsafe memcpy(target + place, bytes + start, count)
      }
      place = end
    }
  }

  /// Makes an object by applying `deltas`, the lowest first, one after the other on `base`. Throws
  /// as ``DeltaReader/apply(_:to:limit:)`` does.
  public static func applied(
    _ deltas: some Sequence<Part>, on base: Part, first: Span<UInt8>, second: Span<UInt8>,
    limit: Int
  ) throws(ParseError) -> [UInt8] {
    var object: [UInt8]?
    for delta in deltas {
      let delta = bytes(delta, first, second)
      if let below = object {
        object = try DeltaReader.apply(delta, to: below.span, limit: limit)
      } else {
        object = try DeltaReader.apply(delta, to: bytes(base, first, second), limit: limit)
      }
    }
    return object ?? [UInt8](copying: bytes(base, first, second))
  }
}
