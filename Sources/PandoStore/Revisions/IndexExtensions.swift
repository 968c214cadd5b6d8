package import PandoBytes
package import PandoObjects

/// What Git's index says beside its entries of objects that must be there. Source: gitformat-index.
package struct IndexExtensions: Sendable {
  /// The trees that the cached tree knows, the root first.
  package private(set) var cachedTrees: [ObjectID] = []
  /// How many directories it has, known or not.
  package private(set) var cachedTreeCount = 0
  /// The files of conflicts that were resolved.
  package private(set) var resolvedFiles: [ObjectID] = []

  /// Reads what follows the entries of an index. Throws for a wrong checksum, and for extensions
  /// that break their format.
  package init(parsing bytes: Span<UInt8>, algorithm: HashAlgorithm) throws(ParseError) {
    let end = bytes.count - algorithm.byteCount
    let start = try IndexFile.endOfEntries(parsing: bytes, algorithm: algorithm)
    guard start <= end else { throw ParseError("index", "ends too early", at: bytes.count) }
    let trailer = Digest(bytes.extracting(end..<bytes.count), algorithm: algorithm)
    let isUnsummed = trailer?.isZero == true
    let sum = ChecksumHasher.digest(of: bytes.extracting(0..<end), algorithm: algorithm)
    guard isUnsummed || trailer == sum else {
      throw ParseError("index", "bad index file sha1 signature", at: end)
    }
    var reader = ByteReader(bytes.extracting(0..<end), format: "index", offset: start)
    while reader.remaining >= 8 {
      let signature = try reader.uint32()
      let size = try reader.uint32()
      let range = try reader.take(Int(size))
      let content = bytes.extracting(range)
      switch signature {
      case 0x5452_4545: try readTrees(content, algorithm)
      case 0x5245_5543: try readResolved(content, algorithm)
      default: break
      }
    }
  }

  /// `TREE`: for each directory a name, the number of entries or -1, the number of directories in
  /// it, and an object when the number of entries is known.
  private mutating func readTrees(
    _ content: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(ParseError) {
    var reader = ByteReader(content, format: "cached tree")
    while !reader.isAtEnd {
      guard reader.take(until: 0) != nil, let count = reader.take(until: UInt8(ascii: " ")),
        reader.take(until: UInt8(ascii: "\n")) != nil
      else { throw reader.error("has a directory without numbers") }
      cachedTreeCount += 1
      if !count.isEmpty, content[count.lowerBound] == UInt8(ascii: "-") { continue }
      cachedTrees.append(try Self.id(&reader, algorithm))
    }
  }

  /// `REUC`: for each path a name, three modes in octal, and an object for each mode but zero.
  private mutating func readResolved(
    _ content: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(ParseError) {
    var reader = ByteReader(content, format: "resolved conflicts")
    while !reader.isAtEnd {
      guard reader.take(until: 0) != nil else { throw reader.error("has a name without an end") }
      var modes: [UInt32] = []
      for _ in 0..<3 {
        guard let digits = reader.take(until: 0) else { throw reader.error("has too few modes") }
        let text = String(
          decoding: [UInt8](copying: content.extracting(digits)), as: UTF8.self)
        guard let mode = UInt32(text, radix: 8) else { throw reader.error("has a bad mode") }
        modes.append(mode)
      }
      for mode in modes where mode != 0 {
        let id = try Self.id(&reader, algorithm)
        if mode & 0o170000 == 0o100000 { resolvedFiles.append(id) }
      }
    }
  }

  private static func id(
    _ reader: inout ByteReader, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> ObjectID {
    let raw = try reader.take(algorithm.byteCount)
    guard let id = ObjectID(reader.bytes.extracting(raw), algorithm: algorithm) else {
      throw reader.error("has a bad object name")
    }
    return id
  }
}
