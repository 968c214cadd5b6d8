package import PandoBytes
package import PandoObjects

/// Reads what the segments of a journal have, one after the other: all objects and all moves.
///
/// A segment ends with zeros or with the file, and at a record that was not wholly written when
/// power failed, which its checksum tells: nobody was told that this one is durable. Objects are
/// named anew from their bytes.
package struct JournalReader {
  /// The first bytes of a segment; the hash algorithm's byte count follows in one byte.
  private static let magic = Array("PANDOJNL".utf8) + [1]
  private static let format = "journal"
  /// The largest object that a delta may make.
  private static let objectBytesMax = 1 << 30

  /// All objects so far.
  package private(set) var batch: ObjectBatch
  /// All moves so far, in their order.
  package private(set) var moves: [JournalRecord.Move] = []
  private let objects: any ObjectReader

  /// Reads beside `objects`, which deltas may be made from.
  package init(beside objects: any ObjectReader) {
    self.objects = objects
    batch = ObjectBatch(objects.hashAlgorithm)
  }

  private var algorithm: HashAlgorithm { objects.hashAlgorithm }

  /// The bytes that a segment of this algorithm begins with.
  package static func head(_ algorithm: HashAlgorithm) -> [UInt8] {
    magic + [UInt8(algorithm.byteCount)]
  }

  /// Takes in the records of the next segment. O(bytes of the objects). Throws `.corrupt` for a
  /// record that is wholly there and means nothing, or whose objects cannot be made.
  package mutating func read(_ segment: Span<UInt8>) throws(PandoError) {
    var offset = 0
    while let record = try parsing({ () throws(ParseError) in
      try parse(segment, from: &offset)
    }) {
      for entry in record.entries { try insert(entry, segment.extracting(entry.bytes)) }
      moves += record.moves
    }
  }

  private func parsing<R>(_ body: () throws(ParseError) -> R) throws(PandoError) -> R {
    do throws(ParseError) { return try body() } catch {
      throw .corrupt("a journal of commits", error)
    }
  }

  private func object(_ id: ObjectID) throws(PandoError) -> RawObject? {
    if let object = batch[id] { return object }
    return try objects.read(id)
  }

  /// Names and keeps an object that a record has.
  private mutating func insert(_ entry: Entry, _ bytes: Span<UInt8>) throws(PandoError) {
    var body: [UInt8] = []
    var delta: BatchDelta?
    body.append(copying: bytes)
    if let id = entry.base {
      delta = BatchDelta(base: id, bytes: body)
      guard let base = try object(id) else { throw .missing(id) }
      body = try parsing { () throws(ParseError) in
        try DeltaReader.apply(bytes, to: base.body.span, limit: Self.objectBytesMax)
      }
    }
    let object = RawObject(kind: entry.kind, body: body)
    batch.insert(object, named: try object.id(algorithm), from: delta)
  }
}

// MARK: Records

extension JournalReader {
  /// Where an object's bytes are.
  private struct Entry {
    let kind: ObjectKind
    /// What the bytes are a delta of.
    let base: ObjectID?
    let bytes: Range<Int>
  }

  /// Reads the record at `offset`, or the first one behind the head; nil at the end.
  private func parse(
    _ segment: Span<UInt8>, from offset: inout Int
  ) throws(ParseError) -> (entries: [Entry], moves: [JournalRecord.Move])? {
    var reader = ByteReader(segment, format: Self.format, offset: offset)
    if offset == 0 {
      guard try skipHead(&reader) else { return nil }
    }
    guard let end = Self.recordEnd(&reader) else { return nil }
    var entries: [Entry] = []
    for _ in 0..<(try reader.deltaSize()) { entries.append(try entry(&reader)) }
    var moves: [JournalRecord.Move] = []
    for _ in 0..<(try reader.deltaSize()) { moves.append(try move(&reader)) }
    guard reader.offset == end else { throw reader.error("has a record of another length") }
    offset = end
    return (entries, moves)
  }

  /// Steps over the head; false for a file that power failed on before it had one.
  private func skipHead(_ reader: inout ByteReader) throws(ParseError) -> Bool {
    let head = Self.head(algorithm)
    guard reader.remaining >= head.count else { return false }
    let range = try reader.take(head.count)
    let found = reader.bytes.extracting(range)
    var isBlank = true
    var isHead = true
    for (index, byte) in head.enumerated() {
      if found[index] != 0 { isBlank = false }
      if found[index] != byte { isHead = false }
    }
    guard isHead || isBlank else {
      throw reader.error("does not begin as one of such a repository does")
    }
    return isHead
  }

  /// Steps to what the next record has, and tells where that ends; nil when none is wholly there.
  private static func recordEnd(_ reader: inout ByteReader) -> Int? {
    guard let size = try? reader.uint32(), size > 0, let checksum = try? reader.uint32(),
      size <= reader.remaining
    else { return nil }
    let body = reader.offset..<reader.offset + Int(size)
    let isWhole = CRC32.checksum(reader.bytes.extracting(body)) == checksum
    return isWhole ? body.upperBound : nil
  }

  private func entry(_ reader: inout ByteReader) throws(ParseError) -> Entry {
    let byte = try reader.byte()
    guard let kind = ObjectKind(rawValue: byte & ~JournalRecord.deltaBit) else {
      throw reader.error("has an object of the unknown kind \(byte)")
    }
    let base = byte & JournalRecord.deltaBit == 0 ? nil : try id(&reader)
    return Entry(kind: kind, base: base, bytes: try reader.take(try reader.deltaSize()))
  }

  private func id(_ reader: inout ByteReader) throws(ParseError) -> ObjectID {
    let range = try reader.take(algorithm.byteCount)
    guard let id = ObjectID(reader.bytes.extracting(range), algorithm: algorithm) else {
      throw reader.error("has a short name")
    }
    return id
  }

  private func move(_ reader: inout ByteReader) throws(ParseError) -> JournalRecord.Move {
    guard let name = ReferenceName(ByteString(try text(&reader))) else {
      throw reader.error("has a bad name of a reference")
    }
    let expected = try reader.byte() == 0 ? nil : try id(&reader)
    var passes: [ReflogStep] = []
    for _ in 0..<(try reader.deltaSize()) {
      let id = try id(&reader)
      let signature = Signature(bytes: try text(&reader))
      let message = String(decoding: try text(&reader), as: UTF8.self)
      passes.append(
        ReflogStep(id: id, note: ReflogNote(signature: signature, message: message)))
    }
    guard !passes.isEmpty else { throw reader.error("has a move to nowhere") }
    return JournalRecord.Move(name: name, expected: expected, passes: passes)
  }

  private func text(_ reader: inout ByteReader) throws(ParseError) -> [UInt8] {
    let range = try reader.take(try reader.deltaSize())
    var text: [UInt8] = []
    text.append(copying: reader.bytes.extracting(range))
    return text
  }
}
