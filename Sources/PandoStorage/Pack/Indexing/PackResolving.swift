internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// A pack between its two passes and its index.
struct PackResolving {
  /// What the first pass has found.
  struct Scanned {
    var table: PackTable
    let namedDeltas: [UInt32]
    let deltaCount: Int
    /// Where the entries end.
    let end: Int
  }

  private let indexer: PackIndexer
  private let file: any ReadableFile
  private let inspection: PackInspection?
  private let threads: Int
  private let deltaCount: Int
  private let named: NamedBases?
  private var table: PackTable
  private var end: Int
  private var resolved = 0
  private let ownCount: Int

  init(
    _ indexer: PackIndexer, _ scanned: Scanned, _ file: any ReadableFile,
    _ inspection: PackInspection?, _ threads: Int
  ) {
    self.indexer = indexer
    self.file = file
    self.inspection = inspection
    self.threads = threads
    table = scanned.table
    end = scanned.end
    deltaCount = scanned.deltaCount
    ownCount = table.count
    named = scanned.namedDeltas.isEmpty ? nil : NamedBases(scanned.namedDeltas, in: table)
    table.linkDeltas()
  }

  /// Whether every delta is resolved.
  var isComplete: Bool { resolved == deltaCount }

  private mutating func run(_ roots: Range<Int>, threads: Int) throws(PandoError) {
    let plan = DeltaResolution.Plan(
      table: table, named: named, file: file, end: end,
      memoryBudget: indexer.options.memoryBudget,
      objectBytesMax: indexer.options.objectBytesMax, inspector: inspection,
      progress: indexer.progress, resolved: resolved)
    resolved = try DeltaResolution.run(plan, roots: roots, threads: threads)
  }

  /// Resolves all deltas whose bases are in the pack.
  mutating func resolveOwn() throws(PandoError) {
    guard deltaCount > 0 else { return }
    indexer.progress?.begin("Resolving deltas", total: deltaCount)
    indexer.progress?.update(0)
    try run(0..<table.count, threads: threads)
    if isComplete { indexer.progress?.end() }
  }

  /// Throws unless every delta is resolved.
  func requireAll() throws(PandoError) {
    let left = deltaCount - resolved
    guard left > 0 else { return }
    throw PandoError(
      .corrupt, "pack has \(left) unresolved delta\(left == 1 ? "" : "s")")
  }
}

// MARK: Thin packs

extension PackResolving {
  /// Appends the bases that the pack lacks, those first whose deltas come first, and makes header
  /// and trailer right. Returns the new checksum.
  mutating func complete(_ copy: borrowing TemporaryFile) throws(PandoError) -> Digest {
    guard let named, let objects = indexer.objects else {
      try requireAll()
      return .zero(table.algorithm)
    }
    // A completed pack has the bytes that git would give it, under every trait.
    var deflater = Deflater(level: indexer.options.level, isZlibAlways: true)
    let lacking = (0..<named.count).filter { named.first($0) != 0 }
      .sorted { named.first($0) < named.first($1) }
    for group in lacking where named.first(group) != 0 {
      let id = named.base(group)
      guard let object = try objects.read(id) else { continue }
      guard try object.id(table.algorithm) == id else {
        throw PandoError(.corrupt, "local object \(id) is corrupt")
      }
      var entry: [UInt8] = []
      entry.append(packEntryType: object.kind.rawValue, size: object.body.count)
      deflater.deflate(object.body.span, into: &entry)
      try Self.write("cannot write the pack") { () throws(FileError) in try copy.write(entry) }
      let number = table.append(
        offset: end, type: object.kind.rawValue, checksum: CRC32.checksum(entry.span))
      table.setID(number, id)
      end += entry.count
      try run(number..<(number + 1), threads: 1)
    }
    let added = table.count - ownCount
    indexer.progress?.end(
      note: "completed with \(added) local object\(added == 1 ? "" : "s")")
    try requireAll()
    return try finishCompleted(copy)
  }

  /// Writes the number of entries into the header, and the checksum of all at the end.
  private func finishCompleted(_ copy: borrowing TemporaryFile) throws(PandoError) -> Digest {
    guard let count = UInt32(exactly: table.count) else {
      throw PandoError(.limitExceeded, "a pack cannot hold \(table.count) objects")
    }
    var number: [UInt8] = []
    number.append(bigEndian: count)
    try Self.write("cannot write the pack") { () throws(FileError) in
      try copy.write(number.span, at: 8)
    }
    var hasher = ChecksumHasher(table.algorithm)
    var offset = 0
    while offset < end {
      let wanted = min(PackInput.windowBytes, end - offset)
      let piece: [UInt8]
      do throws(FileError) { piece = try file.read(at: offset, count: wanted) } catch {
        throw .file("cannot read the pack", error)
      }
      guard !piece.isEmpty else {
        throw PandoError(.corrupt, "the temporary pack was cut short")
      }
      hasher.update(piece.span)
      offset += piece.count
    }
    let checksum = hasher.finish()
    var trailer: [UInt8] = []
    checksum.append(to: &trailer)
    try Self.write("cannot write the pack") { () throws(FileError) in try copy.write(trailer) }
    return checksum
  }

  private static func write(
    _ what: String, _ body: () throws(FileError) -> Void
  ) throws(PandoError) {
    do throws(FileError) { try body() } catch { throw .file(what, error) }
  }
}

// MARK: The end

extension PackResolving {
  /// Sorts the names and runs the checks that need all of them.
  func finish(checksum: Digest) throws(PandoError) -> IndexedPack {
    let order = PackNameOrder(table)
    if let inspection {
      for number in inspection.waiting {
        guard let object = try read(number) else { continue }
        try inspection.compare(table.id(number), object.kind, object.body.span)
      }
      try inspection.checks?.finish { id in
        order.number(of: id, in: table).flatMap { table.kind($0) }
      } _: { (id) throws(PandoError) in
        guard let number = order.number(of: id, in: table) else { return nil }
        return try read(number)
      }
    }
    if indexer.options.refusesRepeatedObjects, let id = order.repeated(in: table) {
      throw PandoError(.corrupt, "The same object \(id) appears twice in the pack")
    }
    return IndexedPack(
      checksum: checksum, table: table, order: order, end: end, addedCount: table.count - ownCount)
  }

  /// Reads a resolved object, by way of all its bases.
  private func read(_ number: Int) throws(PandoError) -> RawObject? {
    guard let kind = table.kind(number) else { return nil }
    let plan = DeltaResolution.Plan(
      table: table, named: nil, file: file, end: end, memoryBudget: 0,
      objectBytesMax: indexer.options.objectBytesMax, inspector: nil, progress: nil, resolved: 0)
    var entries = EntryReader(plan)
    var path: [Int] = []
    var root = number
    while case let base = table.base(root), base != 0 {
      path.append(root)
      root = Int(base) - 1
    }
    var object = HeadedObject()
    try entries.readWhole(root, kind, into: &object)
    for step in path.reversed() {
      var next = HeadedObject()
      try entries.readDelta(step, on: object, kind, into: &next)
      object = next
    }
    return RawObject(kind: kind, body: Array(object.bytes[object.start...]))
  }
}
