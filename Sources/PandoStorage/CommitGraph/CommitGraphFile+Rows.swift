internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// What the tables say of the commits of one file; positions here count from 0 in each file, but
/// parents are told by their positions in the whole graph.
extension CommitGraphFile {
  /// The four words of a row behind the tree.
  struct Row {
    let first: UInt32
    let second: UInt32
    let level: UInt32
    let seconds: Int64

    /// Whether the parents behind the first are in the table of edges.
    var hasEdges: Bool { second & CommitGraphFile.flag != 0 }
  }

  func row(at position: Int) -> Row {
    precondition(position >= 0 && position < count, "position outside the commit-graph")
    let width = hashAlgorithm.byteCount
    let place = tables.rows + position * (width + 16) + width
    return file.withBytes { bytes in
      let word = bytes.bigEndianUInt32(at: place + 8)
      return Row(
        first: bytes.bigEndianUInt32(at: place), second: bytes.bigEndianUInt32(at: place + 4),
        level: word >> 2,
        seconds: Int64(word & 3) << 32 | Int64(bytes.bigEndianUInt32(at: place + 12)))
    }
  }

  func tree(at position: Int) -> ObjectID {
    precondition(position >= 0 && position < count, "position outside the commit-graph")
    let width = hashAlgorithm.byteCount
    let place = tables.rows + position * (width + 16)
    return file.withBytes { bytes in
      ObjectID(bytes.extracting(place..<place + width), algorithm: hashAlgorithm)
    } ?? .null(hashAlgorithm)
  }

  /// The corrected date of the commit whose own date is `seconds`; the highest number there is when
  /// the file is damaged, so that no walk stops short of the commit for it.
  func correctedDate(at position: Int, seconds: Int64) -> UInt64 {
    guard let start = tables.dateOffsets else { return .max }
    let word = word(start, position)
    guard word & Self.flag != 0 else { return UInt64(seconds) + UInt64(word) }
    let number = Int(word & ~Self.flag)
    guard number < tables.longOffsets.count / 8 else { return .max }
    let place = tables.longOffsets.lowerBound + number * 8
    return UInt64(seconds) &+ file.withBytes { bytes in bytes.bigEndianUInt64(at: place) }
  }

  /// Gives the words of the parents, each without its flag.
  func parents(of row: Row, _ body: (UInt32) throws(PandoError) -> Void) throws(PandoError) {
    guard row.first != Self.noParent else { return }
    try body(row.first)
    guard row.second != Self.noParent else { return }
    guard row.hasEdges else { return try body(row.second) }
    var number = Int(row.second & ~Self.flag)
    let edgeCount = tables.edges.count / 4
    while number < edgeCount {
      let word = word(tables.edges.lowerBound, number)
      try body(word & ~Self.flag)
      if word & Self.flag != 0 { return }
      number += 1
    }
    throw corrupt("lists parents outside its table of edges")
  }

  /// The checksum of a file below this one.
  func baseChecksum(_ number: Int) -> Digest? {
    let width = hashAlgorithm.byteCount
    let place = tables.bases.lowerBound + number * width
    guard number >= 0, place + width <= tables.bases.upperBound else { return nil }
    return file.withBytes { bytes in
      Digest(bytes.extracting(place..<place + width), algorithm: hashAlgorithm)
    }
  }

  /// Where the filter of a commit is; nil when it has none.
  func filterRange(at position: Int) -> Range<Int>? {
    guard let ends = tables.filterEnds else { return nil }
    precondition(position >= 0 && position < count, "position outside the commit-graph")
    let end = Int(word(ends, position))
    let start = position == 0 ? 0 : Int(word(ends, position - 1))
    guard start < end, end <= tables.filters.count else { return nil }
    return tables.filters.lowerBound + start..<tables.filters.lowerBound + end
  }

  /// Whether a commit may have changed a path; nil when its filter was not computed.
  func mayHaveChanged(_ keys: BloomKeys, at position: Int) -> Bool? {
    guard let settings = filterSettings, let range = filterRange(at: position) else { return nil }
    return file.withBytes { bytes in
      keys.areAll(
        in: bytes.extracting(range), version: settings.version, hashCount: settings.hashCount)
    }
  }

  /// A word of a table that begins at `start`.
  private func word(_ start: Int, _ number: Int) -> UInt32 {
    file.withBytes { bytes in bytes.bigEndianUInt32(at: start + number * 4) }
  }

  /// The position of a commit in this file, or nil.
  func position(of id: ObjectID) -> Int? {
    file.withBytes { bytes in ids.position(of: id, in: bytes) }
  }

  /// The name of a commit.
  func id(at position: Int) -> ObjectID {
    file.withBytes { bytes in ids.id(at: position, in: bytes) }
  }

  func corrupt(_ reason: String) -> PandoError {
    PandoError(.corrupt, "commit-graph \(path) \(reason)")
  }
}
