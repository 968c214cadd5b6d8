internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// New objects that wait in a pack which has no name yet.
///
/// One thread adds and publishes; others may read meanwhile.
final class PackSpool: ObjectSpool {
  /// What is known of the objects.
  private struct Contents {
    var numbers = ObjectNumbers()
    /// Where the entries end, each at its number.
    var ends: [Int] = []
    /// The bytes that can be read from the file.
    var flushed = 0
  }

  let hashAlgorithm: HashAlgorithm
  private let reader: any ReadableFile
  private let contents = Mutex(Contents())
  /// Nil when it is published, or broken.
  private let writer: Mutex<PackWriter?>

  init(_ writer: consuming PackWriter, _ algorithm: HashAlgorithm) throws(PandoError) {
    hashAlgorithm = algorithm
    reader = try writer.reader()
    self.writer = Mutex(writer)
  }

  func has(_ id: ObjectID) -> Bool { contents.withLock { $0.numbers.contains(id) } }
}

// MARK: Adding

extension PackSpool {
  func append(_ object: RawObject, as id: ObjectID) throws(PandoError) {
    if has(id) { return }
    try use { (writer) throws(PandoError) in
      try writer.append(object, as: id)
      contents.withLock { contents in
        _ = contents.numbers.insert(id)
        contents.ends.append(writer.end)
        contents.flushed = writer.written
      }
    }
  }

  /// Lends the writer. What it throws, it throws for the last time: what the file has is unknown
  /// then.
  private func use(_ body: (inout PackWriter) throws(PandoError) -> Void) throws(PandoError) {
    try writer.withLock { (writer: inout sending PackWriter?) throws(PandoError) in
      guard var taken = writer.take() else {
        throw PandoError(.unreadable, "a write to \(reader.path) has failed: make the change anew")
      }
      try body(&taken)
      writer = consume taken
    }
  }

  private func flush() throws(PandoError) {
    try use { (writer) throws(PandoError) in
      try writer.flush()
      contents.withLock { $0.flushed = writer.written }
    }
  }

  /// Adds the objects of `batch` that `ids` names, and publishes all as a pack; returns its path.
  func publish(
    with batch: ObjectBatch, _ ids: [ObjectID], _ durability: Durability, isKept: Bool
  ) throws(PandoError) -> FilePath {
    // Readers need not wait for what follows.
    try flush()
    guard var writer = writer.withLock({ $0.take() }) else {
      throw PandoError(.unreadable, "\(reader.path) is published already")
    }
    try writer.append(batch, ids.filter { !has($0) })
    return try writer.publish(durability, isKept: isKept, reader: reader)
  }
}

// MARK: Reading

extension PackSpool {
  func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    guard let bytes = try bytes(of: id) else { return nil }
    do throws(ParseError) {
      let (header, start) = try header(of: bytes)
      var inflater = Inflater()
      let data = bytes.span.extracting(droppingFirst: start)
      let body = try inflater.inflate(data, size: header.size, limit: header.size).bytes
      return RawObject(kind: header.kind, body: body)
    } catch {
      throw damage(id, error)
    }
  }

  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    guard let bytes = try bytes(of: id) else { return nil }
    do throws(ParseError) { return try header(of: bytes).header } catch { throw damage(id, error) }
  }

  /// The entry of an object; nil when there is none.
  private func bytes(of id: ObjectID) throws(PandoError) -> [UInt8]? {
    let range = contents.withLock { contents -> Range<Int>? in
      guard let number = contents.numbers.number(of: id) else { return nil }
      let start = number > 0 ? contents.ends[number - 1] : PackFile.headerBytes
      return start..<contents.ends[number]
    }
    guard let range else { return nil }
    if contents.withLock({ $0.flushed < range.upperBound }) { try flush() }
    do { return try reader.read(at: range.lowerBound, count: range.count) } catch {
      throw .refused("pack \(reader.path)", error)
    }
  }

  private func header(
    of bytes: [UInt8]
  ) throws(ParseError) -> (header: ObjectHeader, dataOffset: Int) {
    let entry = try PackEntry.parse(bytes.span, at: 0, algorithm: hashAlgorithm)
    // Only whole objects come in.
    guard case .whole(let kind) = entry.content else {
      throw ParseError("pack entry", "is a delta", at: 0)
    }
    return (ObjectHeader(kind: kind, size: entry.size), entry.dataOffset)
  }

  private func damage(_ id: ObjectID, _ error: ParseError) -> PandoError {
    PandoError(.corrupt, "object \(id) in \(reader.path) cannot be read", cause: error)
  }
}
