import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage

/// The parsers of what is derived from packs.
extension FuzzTarget {
  func multiPackIndex(_ bytes: [UInt8]) {
    for algorithm in HashAlgorithm.allCases {
      guard let index = try? MultiPackIndex(MappedFile(bytes), algorithm: algorithm) else {
        continue
      }
      for position in 0..<index.count {
        _ = (try? index.location(at: position), index.position(atRank: position))
        _ = index.position(of: index.id(at: position))
      }
      for name in index.packNames {
        precondition(index.packNumber(named: name) != nil, "a pack cannot be found")
      }
      if let prefix = ObjectIDPrefix("0000", algorithm: algorithm) {
        _ = index.positions(matching: prefix)
      }
      try? index.verify(in: "/packs", files: MemoryFileSystem()) { _ in }
    }
  }

  /// The first two bytes tell how many objects the bitmaps are of.
  func bitmaps(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let count = Int(bytes[0]) << 8 | Int(bytes[1])
    try? ReachabilityBitmaps.inspect(Array(bytes.dropFirst(2)), count: count, algorithm: .sha1)
  }

  /// Read as the file of as many objects as it has room for.
  func reverseIndex(_ bytes: [UInt8]) {
    let count = (bytes.count - 52) / 4
    guard count >= 0, bytes.count >= 52 else { return }
    let place = bytes.count - 40
    guard
      let checksum = Digest(bytes.span.extracting(place..<place + 20), algorithm: .sha1),
      let order = try? ReverseIndex(parsing: bytes.span, count: count, checksum: checksum)
    else { return }
    precondition(Set(order.positions).count == count, "an object is twice in an order")
  }
}
