/// Finds where the blocks of a base occur in other bytes, and writes these as deltas on the base.
///
/// The base is cut into blocks of 16 bytes, which a hash table leads to; a target is searched at
/// every byte, and what is found grows forward and backward. One index serves many targets, and its
/// memory serves many bases. It takes 8 bytes a block. Source: gitformat-pack, "Deltified
/// representation".
@safe public struct DeltaIndex: Sendable {
  /// The bytes of a block: shorter matches are found only beside longer ones.
  static let blockBytes = 16
  /// How many blocks of one hash are looked at.
  static let candidatesMax = 32
  /// A match of this many bytes is good enough to end the search for a better one.
  static let goodMatchBytes = 4096
  /// The part of a base that is searched: block numbers have 24 bits.
  static let indexedBytesMax = (1 << 24 - 1) * blockBytes
  /// The bytes that one instruction inserts or copies at most.
  static let insertMax = 127
  static let copyMax = 0x10000

  /// How many bytes the base has.
  public private(set) var baseCount = 0
  /// For each hash the first block that has it: the block's number and one more below, eight
  /// further bits of the hash above; zero when there is none.
  private var heads: [UInt32] = []
  /// For each block the next one of its slot, in the same form.
  private var links: [UInt32] = []
  /// What moves a hash down to a slot.
  private var shift: UInt64 = 58

  /// An index of no bytes.
  public init() {}

  /// An index of a base.
  public init(base: Span<UInt8>) { rebuild(base) }

  /// What the index has taken from memory, in bytes.
  public var memoryBytes: Int { (heads.capacity + links.capacity) * 4 }

  /// Becomes the index of another base, in the same memory. O(n).
  public mutating func rebuild(_ base: Span<UInt8>) {
    baseCount = base.count
    let blocks = min(base.count, Self.indexedBytesMax) / Self.blockBytes
    var bits = 6
    while 1 << bits < blocks { bits += 1 }
    shift = UInt64(64 - bits)
    Self.clear(&heads, count: 1 << bits)
    Self.clear(&links, count: blocks)
    let shift = shift
    unsafe base.withUnsafeBytes { bytes in
      unsafe heads.withUnsafeMutableBufferPointer { heads in
        unsafe links.withUnsafeMutableBufferPointer { links in
          // `blocks` blocks lie in the base, and each has a link; a slot has `bits` bits.
          guard let bytes = bytes.baseAddress, let heads = heads.baseAddress,
            let links = links.baseAddress
          else { return }
          var last: UInt64 = 0
          var block = blocks
          while block > 0 {
            block &-= 1
            let hash = unsafe Self.hash(bytes + block &* Self.blockBytes)
            let slot = Int(truncatingIfNeeded: hash &>> shift)
            let entry = Self.entry(hash, block)
            // Of neighbours that are equal the first stands for all.
            if hash == last, block &+ 1 < blocks {
              unsafe links[block] = links[block &+ 1]
            } else {
              unsafe links[block] = heads[slot]
            }
            unsafe heads[slot] = entry
            last = hash
          }
        }
      }
    }
  }

  private static func clear(_ words: inout [UInt32], count: Int) {
    // What an unusually large base has taken is given back.
    words.removeAll(keepingCapacity: words.capacity <= max(1 << 18, count * 8))
    words.append(contentsOf: repeatElement(0, count: count))
  }

  @inline(__always)
  private static func hash(_ bytes: UnsafeRawPointer) -> UInt64 {
    // The caller has sixteen bytes there.
    let low = unsafe bytes.loadUnaligned(as: UInt64.self)
    let high = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    return hash(low, high)
  }

  @inline(__always)
  private static func hash(_ low: UInt64, _ high: UInt64) -> UInt64 {
    let mixed = (low &* 0x9E37_79B9_7F4A_7C15) &+ (high ^ (low &>> 29))
    return mixed &* 0xD6E8_FEB8_6659_FD93
  }

  @inline(__always)
  private static func entry(_ hash: UInt64, _ block: Int) -> UInt32 {
    tag(hash) | UInt32(truncatingIfNeeded: block &+ 1)
  }

  /// Eight bits of a hash that no slot uses, above.
  @inline(__always)
  private static func tag(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash &>> 4) & 0xFF00_0000
  }
}

// MARK: Deltas

extension DeltaIndex {
  /// A delta that makes `target` of `base`, of which this must be the index; nil when it would be
  /// above `limit` bytes. O(target + base).
  public func delta(to target: Span<UInt8>, from base: Span<UInt8>, limit: Int) -> [UInt8]? {
    var output: [UInt8] = []
    return delta(to: target, from: base, limit: limit, into: &output) ? output : nil
  }

  /// Writes such a delta in the place of what `output` holds; false when it would be above `limit`
  /// bytes, and then `output` holds nothing of use.
  public func delta(
    to target: Span<UInt8>, from base: Span<UInt8>, limit: Int, into output: inout [UInt8]
  ) -> Bool {
    precondition(base.count == baseCount, "the index is of another base")
    output.removeAll(keepingCapacity: true)
    // No delta is longer: both sizes, and everything inserted.
    let longest = 20 + target.count + target.count / Self.insertMax + 1
    let room = min(limit, longest)
    guard room > 0 else { return false }
    var isWhole = false
    output.append(addingCapacity: room) { free in
      unsafe target.withUnsafeBytes { target in
        unsafe base.withUnsafeBytes { base in
          unsafe free.withUnsafeMutableBufferPointer { buffer, count in
            guard let bytes = buffer.baseAddress else { return }
            var writer = unsafe DeltaInstructions(bytes, room: min(room, buffer.count))
            isWhole = unsafe search(target, base, &writer)
            count = isWhole ? writer.count : 0
          }
        }
      }
    }
    return isWhole
  }

  /// Where a match lies in the base and how long it is.
  private struct Match {
    var start = 0
    var count = 0
  }

  private func search(
    _ target: UnsafeRawBufferPointer, _ base: UnsafeRawBufferPointer,
    _ writer: inout DeltaInstructions
  ) -> Bool {
    guard writer.size(base.count), writer.size(target.count) else { return false }
    guard let bytes = target.baseAddress else { return true }
    guard let source = base.baseAddress, !links.isEmpty else {
      return unsafe writer.insert(bytes, target.count)
    }
    let count = target.count
    // Bytes before this were written; those up to `place` wait to be inserted.
    var written = 0
    var place = 0
    return unsafe heads.withUnsafeBufferPointer { heads in
      unsafe links.withUnsafeBufferPointer { links in
        guard let heads = heads.baseAddress, let links = links.baseAddress else { return false }
        var giveUp = writer.lastPlace(from: written)
        while place &+ Self.blockBytes <= count {
          // Sixteen bytes are left at `place`; a slot is below the count of heads.
          let low = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          let high = unsafe bytes.loadUnaligned(fromByteOffset: place &+ 8, as: UInt64.self)
          let hash = Self.hash(low, high)
          let entry = unsafe heads[Int(truncatingIfNeeded: hash &>> shift)]
          if entry == 0 {
            place &+= 1
            if place > giveUp { return false }
            continue
          }
          var match = unsafe longest(
            entry, Self.tag(hash), low, high, links, source, bytes + place, count &- place)
          if match.count == 0 {
            place &+= 1
            if place > giveUp { return false }
            continue
          }
          var start = place
          // What waits is in the target, what is before the match in the base.
          while start > written, match.start > 0 {
            let left = unsafe bytes.load(fromByteOffset: start &- 1, as: UInt8.self)
            let right = unsafe source.load(fromByteOffset: match.start &- 1, as: UInt8.self)
            guard left == right else { break }
            start &-= 1
            match.start &-= 1
            match.count &+= 1
          }
          guard unsafe writer.insert(bytes + written, start &- written),
            writer.copy(from: match.start, match.count)
          else { return false }
          place = start &+ match.count
          written = place
          giveUp = writer.lastPlace(from: written)
        }
        return unsafe writer.insert(bytes + written, count &- written)
      }
    }
  }

  /// The longest match of the block with those two halves among a slot's blocks.
  @inline(__always)
  private func longest(
    _ first: UInt32, _ tag: UInt32, _ low: UInt64, _ high: UInt64, _ links: UnsafePointer<UInt32>,
    _ source: UnsafeRawPointer, _ target: UnsafeRawPointer, _ left: Int
  ) -> Match {
    var best = Match()
    var entry = first
    var candidates = Self.candidatesMax
    while entry != 0, candidates > 0 {
      let block = Int(entry & 0xFF_FFFF) &- 1
      if entry & 0xFF00_0000 == tag {
        // Entries are of whole blocks of the base.
        let start = block &* Self.blockBytes
        let isSame =
          unsafe source.loadUnaligned(fromByteOffset: start, as: UInt64.self) == low
          && source.loadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self) == high
        if isSame {
          let most = min(left, baseCount &- start)
          let count = unsafe Self.common(source + start, target, from: Self.blockBytes, to: most)
          if count > best.count {
            best = Match(start: start, count: count)
            if count >= Self.goodMatchBytes { break }
          }
          candidates &-= 1
        }
      }
      candidates &-= 1
      entry = unsafe links[block]
    }
    return best
  }

  /// How many bytes both places share, the first `from` of them known, at most `to`.
  @inline(__always)
  private static func common(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, from: Int, to: Int
  ) -> Int {
    var index = from
    // Both have `to` bytes.
    while index &+ 8 <= to {
      let word = unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let other = unsafe right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let difference = word.littleEndian ^ other.littleEndian
      if difference != 0 { return index &+ difference.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
    while index < to {
      let byte = unsafe left.load(fromByteOffset: index, as: UInt8.self)
      let other = unsafe right.load(fromByteOffset: index, as: UInt8.self)
      guard byte == other else { break }
      index &+= 1
    }
    return index
  }
}
