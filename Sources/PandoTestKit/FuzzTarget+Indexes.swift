import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoStore

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

  /// Times without the last checksum, which is added, of as many objects as there is room for.
  func packTimes(_ bytes: [UInt8]) {
    for algorithm in HashAlgorithm.allCases {
      let count = max(0, (bytes.count - 12 - algorithm.byteCount) / 4)
      let file = PackSample.closed(bytes, algorithm)
      _ = try? PackTimes.seconds(parsing: bytes.span, count: count, algorithm: algorithm)
      guard
        let seconds = try? PackTimes.seconds(
          parsing: file.span, count: count, algorithm: algorithm),
        let checksum = Digest(
          bytes.span.extracting((bytes.count - algorithm.byteCount)...), algorithm: algorithm)
      else { continue }
      let again = PackTimes.bytes(seconds, packChecksum: checksum)
      precondition(again == file, "times do not round-trip")
    }
  }

  /// What both readers of an index take names the same entries.
  func indexRoots(_ bytes: [UInt8]) {
    for algorithm in HashAlgorithm.allCases {
      guard let ids = try? IndexRoots.ids(parsing: bytes.span, algorithm: algorithm),
        let entries = try? IndexFile.entries(parsing: bytes.span, algorithm: algorithm)
      else { continue }
      let named = entries.filter { !$0.mode.isSubmodule }.map(\.id)
      precondition(ids.starts(with: named), "an entry keeps nothing alive")
    }
  }
}
