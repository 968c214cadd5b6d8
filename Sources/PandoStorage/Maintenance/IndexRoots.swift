package import PandoBytes
package import PandoObjects

/// The objects that an index file keeps alive: its entries, the trees that it remembers, and what
/// conflicts were made of before they were resolved. Source: gitformat-index.
package enum IndexRoots {
  /// The bytes of an entry before its name, without the object's: ten words and the flags.
  private static let fixedBytes = 42

  /// All objects that are named. O(n). Throws for a version that is unknown and for bytes that
  /// break the format: whoever removes objects must know them all.
  package static func ids(
    parsing bytes: Span<UInt8>, algorithm: HashAlgorithm
  ) throws(ParseError) -> [ObjectID] {
    var reader = ByteReader(bytes, format: "index")
    guard reader.skip("DIRC") else { throw reader.error("bad signature") }
    let version = try reader.uint32()
    guard (2...4).contains(version) else { throw reader.error("unknown version \(version)") }
    let count = try Int(reader.uint32())
    guard count <= reader.remaining / (fixedBytes + algorithm.byteCount) else {
      throw reader.error("too few entries")
    }
    var ids: [ObjectID] = []
    ids.reserveCapacity(count)
    for _ in 0..<count { try readEntry(&reader, version, algorithm, &ids) }
    while reader.remaining >= algorithm.byteCount + 8 {
      let name = try reader.take(4)
      let size = try Int(reader.uint32())
      let range = try reader.take(size)
      let extensionBytes = bytes.extracting(range)
      if bytes.extracting(name).elementsEqual("TREE") {
        try readTrees(extensionBytes, algorithm, &ids)
      } else if bytes.extracting(name).elementsEqual("REUC") {
        try readResolved(extensionBytes, algorithm, &ids)
      }
    }
    return ids
  }

  private static func readEntry(
    _ reader: inout ByteReader, _ version: UInt32, _ algorithm: HashAlgorithm,
    _ ids: inout [ObjectID]
  ) throws(ParseError) {
    let start = reader.offset
    _ = try reader.take(24)
    let mode = TreeEntry.Mode(bits: try reader.uint32())
    _ = try reader.take(12)
    let raw = try reader.take(algorithm.byteCount)
    let flags = try UInt16(reader.byte()) << 8 | UInt16(reader.byte())
    if flags & 0x4000 != 0 { _ = try reader.take(2) }
    if version == 4 {
      // How much of the last name is dropped.
      while try reader.byte() & 0x80 != 0 {}
    }
    guard let name = reader.take(until: 0) else { throw reader.error("name without an end") }
    if version < 4 {
      let length = name.upperBound - start
      _ = try reader.take((length / 8 + 1) * 8 - length - 1)
    }
    guard !mode.isSubmodule, let id = ObjectID(reader.bytes.extracting(raw), algorithm: algorithm)
    else { return }
    ids.append(id)
  }

  /// The extension `TREE`: path, NUL, entry count, space, subtree count, LF, and the name unless
  /// the count is negative.
  private static func readTrees(
    _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm, _ ids: inout [ObjectID]
  ) throws(ParseError) {
    var reader = ByteReader(bytes, format: "index extension TREE")
    while !reader.isAtEnd {
      guard reader.take(until: 0) != nil, let count = reader.take(until: 32),
        reader.take(until: 10) != nil
      else { throw reader.error("is cut off") }
      guard count.isEmpty || bytes[count.lowerBound] != UInt8(ascii: "-") else { continue }
      let raw = try reader.take(algorithm.byteCount)
      if let id = ObjectID(bytes.extracting(raw), algorithm: algorithm) { ids.append(id) }
    }
  }

  /// The extension `REUC`: path, NUL, three modes in octal, each with a NUL, and a name for each
  /// mode that is not 0.
  private static func readResolved(
    _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm, _ ids: inout [ObjectID]
  ) throws(ParseError) {
    var reader = ByteReader(bytes, format: "index extension REUC")
    while !reader.isAtEnd {
      guard reader.take(until: 0) != nil else { throw reader.error("is cut off") }
      var stages = 0
      for _ in 0..<3 {
        guard let mode = reader.take(until: 0) else { throw reader.error("is cut off") }
        if !bytes.extracting(mode).elementsEqual("0") { stages += 1 }
      }
      for _ in 0..<stages {
        let raw = try reader.take(algorithm.byteCount)
        if let id = ObjectID(bytes.extracting(raw), algorithm: algorithm) { ids.append(id) }
      }
    }
  }
}

extension Span<UInt8> {
  /// Whether these are the bytes of a text.
  fileprivate func elementsEqual(_ text: String) -> Bool {
    guard count == text.utf8.count else { return false }
    var index = 0
    for byte in text.utf8 {
      if self[index] != byte { return false }
      index += 1
    }
    return true
  }
}
