/// What asks a commit's filter whether a path changed: the hashes of the path and of every
/// directory above it, all of which a filter has when the path changed.
///
/// Computed once for each path of a walk. Source: gitformat-commit-graph, "Bloom Filter Data".
public struct BloomKeys: Hashable, Sendable {
  /// The hashes of one path, from which the bits of a filter follow.
  @frozen
  public struct Key: Hashable, Sendable {
    /// Where the first bit is.
    public let start: UInt32
    /// How far each further bit is from the one before.
    public let step: UInt32

    /// Hashes a path. Version 1 takes bytes from 0x80 on for negative numbers, version 2 does not;
    /// they agree on ASCII.
    public init(_ path: Span<UInt8>, version: Int) {
      start = Murmur3.hash(path, seed: 0x293a_e76f, signed: version == 1)
      step = Murmur3.hash(path, seed: 0x7e64_6e2c, signed: version == 1)
    }
  }

  private let signed: [Key]
  /// Nil when the path is ASCII: then they are the same.
  private let unsigned: [Key]?

  /// Hashes a path from the root, without a slash at its end. O(length times depth).
  public init(path: [UInt8]) {
    var ends = path.indices.filter { path[$0] == UInt8(ascii: "/") }
    ends.append(path.count)
    func keys(_ version: Int) -> [Key] {
      ends.reversed().map { Key(path.span.extracting(first: $0), version: version) }
    }
    signed = keys(1)
    unsigned = path.contains { $0 >= 0x80 } ? keys(2) : nil
  }

  /// Whether a filter of `hashCount` bits a path has all keys; an empty filter has none.
  public func areAll(in filter: Span<UInt8>, version: Int, hashCount: Int) -> Bool {
    guard !filter.isEmpty else { return false }
    let bitCount = UInt64(filter.count) * 8
    for key in version == 1 ? signed : unsigned ?? signed {
      var hash = key.start
      for _ in 0..<hashCount {
        let bit = Int(UInt64(hash) % bitCount)
        guard filter[bit >> 3] & 1 << UInt8(bit & 7) != 0 else { return false }
        hash &+= key.step
      }
    }
    return true
  }
}

/// The 32-bit MurmurHash3 of Austin Appleby.
enum Murmur3 {
  /// Hashes bytes; `signed` ones from 0x80 on count as negative 32-bit numbers. O(n).
  static func hash(_ bytes: Span<UInt8>, seed: UInt32, signed: Bool) -> UInt32 {
    func word(_ index: Int) -> UInt32 {
      let byte = bytes[index]
      return signed ? UInt32(bitPattern: Int32(Int8(bitPattern: byte))) : UInt32(byte)
    }
    func mixed(_ block: UInt32) -> UInt32 {
      let product = block &* 0xcc9e_2d51
      return (product << 15 | product >> 17) &* 0x1b87_3593
    }
    var hash = seed
    let blocksEnd = bytes.count & ~3
    for index in stride(from: 0, to: blocksEnd, by: 4) {
      let low = word(index) | word(index + 1) << 8
      hash ^= mixed(low | word(index + 2) << 16 | word(index + 3) << 24)
      hash = (hash << 13 | hash >> 19) &* 5 &+ 0xe654_6b64
    }
    var tail: UInt32 = 0
    for index in (blocksEnd..<bytes.count).reversed() {
      tail ^= word(index) << UInt32(8 * (index - blocksEnd))
    }
    if blocksEnd < bytes.count { hash ^= mixed(tail) }
    hash ^= UInt32(truncatingIfNeeded: bytes.count)
    hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
    hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
    return hash ^ hash >> 16
  }
}
