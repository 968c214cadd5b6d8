internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Looks at each object once its name is known. Threads call it at once.
protocol PackInspector: Sendable {
  /// Whether large blobs, too, are to be given whole.
  var wantsLargeBlobs: Bool { get }

  /// Looks at an object. `body` is nil for a large blob, which is never in memory whole.
  func inspect(
    _ number: Int, _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?
  ) throws(PandoError)
}

/// The first pass over a pack: reads it once from its first byte to its last, finds where each
/// entry is, and names the whole objects. Source: gitformat-pack.
struct PackScan: ~Copyable {
  /// Objects up to this many bytes are inflated in one piece; larger blobs piece by piece, which
  /// are forgotten at once.
  static let wholeBytesMax = 1 << 20
  /// The piece of a larger one.
  static let pieceBytes = 64 << 10

  private(set) var input: PackInput
  private(set) var table: PackTable
  /// The deltas on named objects.
  private(set) var namedDeltas: [UInt32] = []
  /// How many deltas there are.
  private(set) var deltaCount = 0
  /// The checksum of all before the trailer, and the trailer itself.
  private(set) var checksum: Digest
  private let algorithm: HashAlgorithm
  private let objectBytesMax: Int
  private let inspector: (any PackInspector)?
  private let progress: (any ProgressMeter)?
  private var inflater = Inflater()
  private var object = HeadedObject()

  init(
    _ input: consuming PackInput, algorithm: HashAlgorithm, objectBytesMax: Int,
    inspector: (any PackInspector)?, progress: (any ProgressMeter)?
  ) {
    self.input = input
    self.algorithm = algorithm
    self.objectBytesMax = objectBytesMax
    self.inspector = inspector
    self.progress = progress
    table = PackTable(algorithm)
    checksum = .zero(algorithm)
  }

  /// Where the whole entries end.
  private(set) var end = PackFile.headerBytes

  /// What the second pass needs.
  var result: PackResolving.Scanned {
    PackResolving.Scanned(
      table: table, namedDeltas: namedDeltas, deltaCount: deltaCount, end: end)
  }

  /// Writes out what is known to be sound after an error.
  mutating func settle() throws(PandoError) { _ = try input.finishHashing() }

  /// What came behind the pack.
  var rest: [UInt8] { input.rest }

  /// Reads all of it.
  mutating func run(title: String) throws(PandoError) {
    let count = try header()
    progress?.begin(title, total: count)
    for done in 0..<count {
      try entry()
      end = input.offset
      progress?.update(done + 1)
    }
    checksum = try input.finishHashing()
    let width = algorithm.byteCount
    try input.need(width)
    let window = input.bytes
    let trailer = window.span.extracting(input.start..<(input.start + width))
    guard Digest(trailer, algorithm: algorithm) == checksum else {
      throw PandoError(.corrupt, "pack is corrupted (SHA1 mismatch)")
    }
    try input.take(width)
  }

  private mutating func header() throws(PandoError) -> Int {
    try input.need(PackFile.headerBytes)
    var reader = ByteReader(
      input.bytes.span.extracting(input.start..<(input.start + PackFile.headerBytes)),
      format: "pack")
    guard reader.skip("PACK"), let version = try? reader.uint32(), let count = try? reader.uint32()
    else { throw PandoError(.corrupt, "pack signature mismatch") }
    guard version == 2 || version == 3 else {
      throw PandoError(.corrupt, "pack version \(version) unsupported")
    }
    try input.take(PackFile.headerBytes)
    return Int(count)
  }

  /// The entry at `offset` is wrong.
  static func bad(_ offset: Int, _ reason: String, cause: (any Error)? = nil) -> PandoError {
    PandoError(.corrupt, "pack has bad object at offset \(offset): \(reason)", cause: cause)
  }
}

// MARK: Entries

extension PackScan {
  private mutating func entry() throws(PandoError) {
    let offset = input.offset
    guard offset <= PackTable.offsetMax else {
      throw PandoError(.limitExceeded, "pack too large for current definition of off_t")
    }
    input.beginEntry()
    let header = try entryHeader(at: offset)
    switch header.content {
    case .whole(let kind):
      let id = try whole(kind, size: header.size, at: offset)
      let number = append(offset, kind.rawValue)
      table.setID(number, id)
    case .offsetDelta(let base):
      try skip(header.size, at: offset)
      let number = append(offset, PackTable.offsetDelta)
      deltaCount += 1
      let base = table.entry(at: base)
      table.setNext(number, base.map(PackTable.stored) ?? 0)
    case .referenceDelta(let base):
      try skip(header.size, at: offset)
      let number = append(offset, PackTable.referenceDelta)
      deltaCount += 1
      table.setID(number, base)
      namedDeltas.append(UInt32(truncatingIfNeeded: number))
    }
  }

  private mutating func append(_ offset: Int, _ type: UInt8) -> Int {
    table.append(offset: offset, type: type, checksum: input.entryChecksum())
  }

  /// Takes the header of an entry.
  private mutating func entryHeader(at offset: Int) throws(PandoError) -> PackEntry {
    try input.load(PackEntry.headerBytesMax)
    let window = input.bytes
    let bytes = window.span.extracting(input.start..<window.count)
    let header: PackEntry
    do throws(ParseError) {
      header = try PackEntry.parse(bytes, at: offset, algorithm: algorithm)
    } catch {
      throw EntryFault.error(bytes, at: offset, algorithm)
    }
    try input.take(header.dataOffset - offset)
    return header
  }

  /// Takes the stream of a whole object and names it.
  private mutating func whole(
    _ kind: ObjectKind, size: Int, at offset: Int
  ) throws(PandoError) -> ObjectID {
    guard size <= objectBytesMax else { throw tooLarge(size, offset) }
    let isWanted = inspector.map { kind != .blob || $0.wantsLargeBlobs } ?? false
    let isHeld = size <= Self.wholeBytesMax || isWanted
    object.begin(kind, size: size)
    let id: ObjectID
    if isHeld {
      try inflate(size, at: offset)
      let bytes = object.bytes
      id = try Self.named(kind) { () throws(CollisionDetected) in
        try ObjectHasher.digest(of: bytes.span, algorithm: algorithm)
      }
      let body = bytes.span.extracting(object.start..<bytes.count)
      try inspector?.inspect(table.count, id, kind, body)
      if size > Self.wholeBytesMax { object = HeadedObject() }
    } else {
      var hasher = ObjectHasher(algorithm)
      hasher.update(object.bytes.span)
      try pieces(size, at: offset) { hasher.update($0) }
      id = try Self.named(kind) { () throws(CollisionDetected) in try hasher.finish() }
      try inspector?.inspect(table.count, id, kind, nil)
    }
    return id
  }

  private func tooLarge(_ size: Int, _ offset: Int) -> PandoError {
    PandoError(
      .limitExceeded,
      "pack has an object of \(size) bytes at offset \(offset), above the limit of "
        + "\(objectBytesMax)")
  }

  /// The name that hashing gives; content of a collision attack is refused.
  static func named(
    _ kind: ObjectKind, _ digest: () throws(CollisionDetected) -> Digest
  ) throws(PandoError) -> ObjectID {
    do throws(CollisionDetected) { return ObjectID(try digest()) } catch {
      throw PandoError(
        .corrupt, "SHA-1 appears to be part of a collision attack: \(error.digest.hex)")
    }
  }

  /// Takes the stream of a delta.
  private mutating func skip(_ size: Int, at offset: Int) throws(PandoError) {
    guard size <= objectBytesMax else { throw tooLarge(size, offset) }
    if size <= Self.wholeBytesMax {
      object.bytes.removeAll(keepingCapacity: true)
      try inflate(size, at: offset)
    } else {
      try pieces(size, at: offset) { _ in }
    }
  }
}

// MARK: Streams

extension PackScan {
  /// Takes a stream of `size` bytes behind those that `object` has.
  private mutating func inflate(_ size: Int, at offset: Int) throws(PandoError) {
    // Nearly always all of it is in the window.
    let window = input.bytes
    var consumed: Int?
    if size <= Self.wholeBytesMax {
      try? object.bytes.append(
        addingCapacity: size + Inflater.slackBytes
      ) { (output) throws(ParseError) in
        consumed = try inflater.inflateWhole(
          window.span.extracting(input.start..<window.count), size: size, into: &output)
      }
    }
    if let consumed { return try input.take(consumed) }
    var bytes = HeadedObject().bytes
    swap(&bytes, &object.bytes)
    defer { swap(&bytes, &object.bytes) }
    try pieces(size, at: offset) { piece in
      bytes.append(copying: piece)
    }
  }

  /// Takes a stream of `size` bytes and gives it to `body` piece by piece.
  private mutating func pieces(
    _ size: Int, at offset: Int, _ body: (Span<UInt8>) -> Void
  ) throws(PandoError) {
    inflater.restart()
    var piece: [UInt8] = []
    var made = 0
    while true {
      try input.need(1)
      piece.removeAll(keepingCapacity: true)
      let wanted = min(Self.pieceBytes, size - made)
      var taken = 0
      var isAtEnd = false
      let window = input.bytes
      do throws(ParseError) {
        try piece.append(addingCapacity: wanted) { (output) throws(ParseError) in
          let step = try inflater.step(
            window.span.extracting(input.start..<window.count), into: &output)
          (taken, isAtEnd) = (step.consumed, step.isAtEnd)
        }
      } catch {
        throw Self.bad(
          offset, "inflate returned \(inflater.status)", cause: EntryComplaint(inflater))
      }
      try input.take(taken)
      made += piece.count
      body(piece.span)
      if isAtEnd {
        guard made == size else { throw Self.bad(offset, "inflate returned 1") }
        return
      }
      // No progress though there is input: it is longer than it says.
      if piece.isEmpty, taken == 0 { throw Self.bad(offset, "inflate returned -5") }
    }
  }
}

/// What is wrong inside an entry, in the words Git prints in a line of their own.
package struct EntryComplaint: Error, Sendable, CustomStringConvertible {
  /// A line without its end.
  package let description: String

  init(_ description: String) { self.description = description }

  init(_ inflater: borrowing Inflater) {
    let kind = inflater.status == 2 ? "needs dictionary" : "data stream error"
    description = "inflate: \(kind) (\(inflater.complaint))"
  }
}

/// Why the header of an entry is wrong, in Git's words.
enum EntryFault {
  static func error(
    _ bytes: Span<UInt8>, at offset: Int, _ algorithm: HashAlgorithm
  ) -> PandoError {
    var reader = ByteReader(bytes, format: "pack entry")
    guard let (type, _) = try? reader.packEntryHeader() else {
      return reader.isAtEnd
        ? PandoError(.corrupt, "early EOF") : PackScan.bad(offset, "size is out of range")
    }
    switch type {
    case PackTable.offsetDelta:
      let start = reader.offset
      if (try? reader.baseDistance()) != nil {
        return PackScan.bad(offset, "delta base offset is out of bound")
      }
      // A continuation in every byte up to the last: the number is too large, or cut short.
      return reader.isAtEnd && reader.offset - start < 9
        ? PandoError(.corrupt, "early EOF")
        : PackScan.bad(offset, "offset value overflow for delta base object")
    case PackTable.referenceDelta: return PandoError(.corrupt, "early EOF")
    default: return PackScan.bad(offset, "unknown object type \(type)")
    }
  }
}
