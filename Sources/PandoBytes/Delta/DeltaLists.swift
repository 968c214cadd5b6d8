/// Lists of `DeltaChain` that are kept: eight bytes a range, often a hundredth of an object's.
public struct DeltaLists: Sendable {
  private(set) var rows: [DeltaChain.Row] = []
  private var ends: [UInt32] = []
  private var wholeSizes: [UInt32] = []

  /// Keeps nothing yet.
  public init() {}

  /// The bytes that the lists take.
  public var byteCount: Int { rows.count * 8 + ends.count * 8 }

  /// Makes room for lists of so many bytes.
  public mutating func reserve(byteCount: Int) { rows.reserveCapacity(byteCount / 8) }

  /// Keeps the list of a chain's object and tells its index; nil when there is no more room: `most`
  /// bytes for all, or 32 bits for their rows.
  public mutating func append(_ chain: DeltaChain, most: Int) -> Int? {
    guard let wholeSize = chain.wholeSize, byteCount + chain.count * 8 + 8 <= most,
      rows.count + chain.count <= Int(UInt32.max)
    else { return nil }
    rows += chain.list
    ends.append(UInt32(rows.count))
    wholeSizes.append(UInt32(wholeSize))
    return ends.count - 1
  }

  func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  func wholeSize(of index: Int) -> Int { Int(wholeSizes[index]) }
}
