package import PandoBytes
package import PandoObjects

/// One version of a `packed-refs` file, searched where it lies: a look-up is a binary search over
/// the starts of lines, and nothing is built when the file is loaded.
///
/// Source: git-pack-refs, and the header that Git writes: `# pack-refs with:` and the traits
/// `peeled` (a tag's line is followed by `^` and what the tag leads to, where the tag is under
/// `refs/tags`), `fully-peeled` (wherever it is) and `sorted` (bytewise by name).
package struct PackedReferences: Sendable {
  /// For which references a missing `^` line proves that they are no annotated tags.
  enum Peeling: Sendable {
    case none
    case tags
    case all
  }

  /// One reference.
  package struct Record {
    /// Where its lines are, the `^` line included.
    package let lines: Range<Int>
    /// Where its name is.
    package let name: Range<Int>
    /// What it points at.
    package let id: ObjectID
    /// What the tag that it points at leads to.
    package let peeled: ObjectID?
  }

  private static let format = "packed-refs"
  private static let newline = UInt8(ascii: "\n")
  private static let caret = UInt8(ascii: "^")

  /// The file, or its records in order when they were not.
  package let bytes: [UInt8]
  /// Where the first record begins.
  let start: Int
  /// What the header promises.
  let peeling: Peeling
  private let algorithm: HashAlgorithm

  /// A file that does not exist.
  init(algorithm: HashAlgorithm) {
    bytes = []
    start = 0
    peeling = .all
    self.algorithm = algorithm
  }

  /// Reads the header. O(1) for a sorted file; O(n log n) for another, which is put in order.
  package init(parsing file: [UInt8], algorithm: HashAlgorithm) throws(ParseError) {
    self.algorithm = algorithm
    guard file.last ?? Self.newline == Self.newline else {
      throw ParseError(Self.format, "the last line is not ended", at: file.count)
    }
    var traits: [String] = []
    var body = 0
    if file.first == UInt8(ascii: "#") {
      let end = file.firstIndex(of: Self.newline) ?? file.count
      let prefix = "# pack-refs with:"
      guard file.starts(with: prefix.utf8) else {
        throw ParseError(Self.format, "unexpected line", at: 0)
      }
      traits = String(decoding: file[prefix.utf8.count..<end], as: UTF8.self)
        .split(separator: " ").map(String.init)
      body = end + 1
    }
    peeling =
      traits.contains("fully-peeled") ? .all : traits.contains("peeled") ? .tags : .none
    if traits.contains("sorted") {
      (bytes, start) = (file, body)
    } else {
      bytes = try Self.sorted(file, from: body, algorithm)
      start = 0
    }
  }

  private static func sorted(
    _ file: [UInt8], from start: Int, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> [UInt8] {
    var records: [Record] = []
    var position = start
    while position < file.count {
      let record = try Self.record(at: position, in: file, algorithm)
      records.append(record)
      position = record.lines.upperBound
    }
    records.sort { file[$0.name].lexicographicallyPrecedes(file[$1.name]) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(file.count)
    for record in records { bytes.append(contentsOf: file[record.lines]) }
    return bytes
  }
}

// MARK: Reading

extension PackedReferences {
  /// The record that begins at an offset, which must lie before the end.
  func record(at position: Int) throws(ParseError) -> Record {
    try Self.record(at: position, in: bytes, algorithm)
  }

  private static func record(
    at position: Int, in bytes: [UInt8], _ algorithm: HashAlgorithm
  ) throws(ParseError) -> Record {
    let span = bytes.span
    let nameStart = position + algorithm.hexCount + 1
    guard let end = span.firstIndex(of: newline, from: position), nameStart < end,
      let id = ObjectID(hexBytes: span.extracting(position..<nameStart - 1)),
      bytes[nameStart - 1].isSpace
    else { throw ParseError(format, "unexpected line", at: position) }
    let next = end + 1
    guard next < bytes.count, bytes[next] == caret else {
      return Record(lines: position..<next, name: nameStart..<end, id: id, peeled: nil)
    }
    guard let peeledEnd = span.firstIndex(of: newline, from: next),
      peeledEnd == next + 1 + algorithm.hexCount,
      let peeled = ObjectID(hexBytes: span.extracting(next + 1..<peeledEnd))
    else { throw ParseError(format, "unexpected line", at: next) }
    return Record(
      lines: position..<peeledEnd + 1, name: nameStart..<end, id: id, peeled: peeled)
  }

  /// The reference of that name, or nil. O(log n).
  package func find(_ name: ReferenceName) throws(ParseError) -> Record? {
    let name = name.bytes.bytes
    let position = try lowerBound(name)
    guard position < bytes.count else { return nil }
    let record = try record(at: position)
    return bytes[record.name].elementsEqual(name) ? record : nil
  }

  /// Whether a reference's name begins with `prefix`. O(log n).
  func contains(prefix: [UInt8]) throws(ParseError) -> ByteString? {
    let position = try lowerBound(prefix)
    guard position < bytes.count else { return nil }
    let name = bytes[try record(at: position).name]
    return name.starts(with: prefix) ? ByteString(Array(name)) : nil
  }

  /// Where the first record is whose name is not below `name`.
  func lowerBound(_ name: [UInt8]) throws(ParseError) -> Int {
    var low = start
    var high = bytes.count
    while low < high {
      let middle = low + (high - low) / 2
      let record = try record(at: lineStart(before: middle, notBefore: low))
      let isBelow =
        bytes.span.extracting(record.name).compareBytes(with: name.span) < 0
      if isBelow { low = record.lines.upperBound } else { high = record.lines.lowerBound }
    }
    return low
  }

  /// Where the record begins that has the byte at `position`.
  private func lineStart(before position: Int, notBefore low: Int) -> Int {
    var start = position
    while start > low {
      let isLineStart = bytes[start - 1] == Self.newline
      if isLineStart, bytes[start] != Self.caret { break }
      start -= 1
    }
    return start
  }

  /// Calls `body` with the records whose names begin with `prefix`, in order.
  package func forEach(
    prefix: [UInt8], _ body: (Record) -> Void
  ) throws(ParseError) {
    var position = try lowerBound(prefix)
    while position < bytes.count {
      let record = try record(at: position)
      guard bytes[record.name].starts(with: prefix) else { return }
      body(record)
      position = record.lines.upperBound
    }
  }
}

// MARK: Writing

extension PackedReferences {
  /// The first line of a file with these traits; Git ends it with a space.
  static func header(_ peeling: Peeling) -> [UInt8] {
    switch peeling {
    case .none: Array("# pack-refs with: sorted \n".utf8)
    case .tags: Array("# pack-refs with: peeled sorted \n".utf8)
    case .all: Array("# pack-refs with: peeled fully-peeled sorted \n".utf8)
    }
  }

  /// The file without some references; nil when it has none of them. What the header promised
  /// still holds, so no object is read. O(n) copying, O(log n) for each name.
  func removing(_ names: [ReferenceName]) throws(ParseError) -> [UInt8]? {
    var gaps: [Range<Int>] = []
    for name in names {
      if let record = try find(name) { gaps.append(record.lines) }
    }
    if gaps.isEmpty { return nil }
    gaps.sort { $0.lowerBound < $1.lowerBound }
    var file = Self.header(peeling)
    file.reserveCapacity(file.count + bytes.count)
    var position = start
    for gap in gaps where gap.lowerBound >= position {
      file.append(contentsOf: bytes[position..<gap.lowerBound])
      position = gap.upperBound
    }
    file.append(contentsOf: bytes[position...])
    return file
  }

  /// Appends a record to a file being written.
  static func append(
    _ name: ByteString, _ id: ObjectID, peeled: ObjectID?, to file: inout [UInt8]
  ) {
    file.append(text: id.hex)
    file.append(32)
    file.append(contentsOf: name.bytes)
    file.append(newline)
    if let peeled {
      file.append(caret)
      file.append(text: peeled.hex)
      file.append(newline)
    }
  }
}
