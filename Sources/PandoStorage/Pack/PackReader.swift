public import PandoBytes
public import PandoFiles
public import PandoObjects

/// One pack with its index: objects by name, by position, and all of them in either order.
///
/// The pack is opened at the first read, and may be closed again while many others are in use: see
/// `OpenPacks`. Chains of deltas are followed without recursion, and bases on the way are kept in
/// the cache that the database's packs share. Whatever the files hold, calls throw `.corrupt` with
/// file and offset and never trap.
public final class PackReader: Sendable {
  /// The pack's path, ending in `.pack`.
  public let path: FilePath
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm

  let resources: PackResources
  private let files: any FileSystem
  private let number: UInt32
  private let opened = OpenPack()
  private let mappedIndex = OnceReference<PackIndex>()

  /// The bytes of delta bases that are kept unless another number is asked for: half of what Git
  /// keeps, which measures as fast.
  public static let deltaCacheBytesDefault = 48 << 20

  /// Opens the pack at `path`, whose name ends in `.pack`, by way of the `.idx` beside it.
  public convenience init(
    _ path: FilePath, algorithm: HashAlgorithm, files: any FileSystem,
    deltaCacheBytes: Int = PackReader.deltaCacheBytesDefault
  ) throws(PandoError) {
    try self.init(
      path, algorithm: algorithm, files: files,
      resources: PackResources(cacheBytes: deltaCacheBytes))
  }

  convenience init(
    _ path: FilePath, algorithm: HashAlgorithm, files: any FileSystem, resources: PackResources
  ) throws(PandoError) {
    self.init(covered: path, algorithm: algorithm, files: files, resources: resources)
    _ = try openIndex()
  }

  /// A pack whose objects a multi-pack-index knows: nothing is opened before it is needed, the
  /// pack's own index only for bases by name and for listings.
  init(
    covered path: FilePath, algorithm: HashAlgorithm, files: any FileSystem,
    resources: PackResources
  ) {
    self.path = path
    self.files = files
    self.resources = resources
    hashAlgorithm = algorithm
    number = resources.nextNumber()
  }

  deinit { resources.openPacks.forget(opened) }

  /// The index. Every pack that `ObjectDatabase.packs()` lists has it open; one that could not be
  /// opened reads as empty.
  public var index: PackIndex {
    if let index = mappedIndex.load() { return index }
    do { return try openIndex() } catch { return PackIndex(emptyOf: hashAlgorithm) }
  }

  /// Maps the index unless that was done.
  @discardableResult
  func openIndex() throws(PandoError) -> PackIndex {
    if let index = mappedIndex.load() { return index }
    let indexPath = PackNames.path(of: path, ending: ".idx")
    let map: MappedFile?
    do { map = try files.map(indexPath) } catch {
      throw .refused("pack index \(indexPath)", error)
    }
    guard let map else { throw PandoError(.notFound, "pack index \(indexPath) is missing") }
    do {
      return mappedIndex.storeIfNil(try PackIndex(map, algorithm: hashAlgorithm))
    } catch {
      throw .corrupt("pack index \(indexPath)", error)
    }
  }

  /// The order of the pack's objects as the file beside it has it; nil when there is none.
  func storedOrder() throws(PandoError) -> ReverseIndex? {
    ReverseIndex.stored(for: path, try openIndex(), files: files)
  }

  /// The open pack, or nil when another process has removed it. Who holds it may read on whatever
  /// becomes of the file.
  func packFile() throws(PandoError) -> PackFile? {
    try resources.openPacks.use(opened) { () throws(PandoError) -> PackFile? in
      let file: (any ReadableFile)?
      do throws(FileError) {
        file = try resources.openPacks.open(path, in: files)
      } catch {
        throw .refused("pack \(path)", error)
      }
      guard let file else { return nil }
      return try PackFile(
        file, number: number, algorithm: hashAlgorithm, index: mappedIndex.load(),
        blocks: resources.blocks)
    }
  }

  /// Where the object at a position of the index begins.
  func offset(at position: Int) throws(PandoError) -> Int {
    let index = try openIndex()
    do { return try index.offset(at: position) } catch {
      throw .corrupt("pack index of \(path)", error)
    }
  }
}

// MARK: Objects by name

extension PackReader: ObjectReader {
  public func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    guard let position = index.position(of: id) else { return nil }
    return try read(at: position)
  }

  public func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? {
    guard let position = index.position(of: id) else { return nil }
    return try header(at: position)
  }

  public func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    index.position(of: id) != nil
  }

  /// Reads the object at a position of the index; nil when the pack has been removed.
  public func read(at position: Int) throws(PandoError) -> RawObject? {
    try read(atOffset: try offset(at: position))
  }

  /// Reads the object that begins at an offset; nil when the pack has been removed.
  func read(atOffset offset: Int) throws(PandoError) -> RawObject? {
    guard let pack = try packFile() else { return nil }
    return try resources.withWorkspace { (workspace) throws(PandoError) in
      var bases = resources
      let found = try resolve(offset, in: pack, &workspace, &bases)
      resources.noteRead(found, pack: pack.number, offset: offset)
      return found.object
    }
  }

  /// Tells kind and size of the object at a position of the index, from entry headers and the first
  /// bytes of a delta; nil when the pack has been removed.
  public func header(at position: Int) throws(PandoError) -> ObjectHeader? {
    try header(atOffset: try offset(at: position))
  }

  /// Tells kind and size of the object that begins at an offset; nil when the pack has been
  /// removed.
  func header(atOffset offset: Int) throws(PandoError) -> ObjectHeader? {
    guard let pack = try packFile() else { return nil }
    return try resources.withWorkspace { (workspace) throws(PandoError) in
      try header(offset, in: pack, &workspace)
    }
  }
}

// MARK: Entries

extension PackReader {
  /// Reads the entry header at `offset`.
  func entry(
    at offset: Int, in pack: PackFile, _ window: inout PackWindow
  ) throws(PandoError) -> PackEntry {
    guard offset >= PackFile.headerBytes, offset < pack.end else {
      throw pack.corrupt("lies outside the pack", at: offset)
    }
    do { try window.load(pack, at: offset, needed: PackEntry.headerBytesMax) } catch {
      throw .refused("pack \(path)", error)
    }
    let bytes = window.bytes.span.extracting(window.range(from: offset))
    do { return try PackEntry.parse(bytes, at: offset, algorithm: hashAlgorithm) } catch {
      throw pack.corrupt(error, at: offset)
    }
  }

  /// Inflates the whole of an entry's stream behind what `bytes` has.
  func inflate(
    _ entry: PackEntry, in pack: PackFile, _ inflater: inout Inflater, _ window: inout PackWindow,
    into bytes: inout [UInt8]
  ) throws(PandoError) {
    if try inflateAtHand(entry, in: pack, &inflater, &window, into: &bytes) { return }
    var position = entry.dataOffset
    var failure: FileError?
    inflater.restart()
    do throws(ParseError) {
      _ = try inflater.finish(
        size: entry.size, limit: Limits.objectBytes, appendingTo: &bytes
      ) { (inflater, output) throws(ParseError) in
        let isBulk = position - entry.dataOffset >= PackBlocks.stride
        do throws(FileError) {
          try window.load(pack, at: position, needed: 1, isBulk: isBulk)
        } catch {
          failure = error
        }
        let input = window.bytes.span.extracting(window.range(from: position))
        let step = try inflater.step(input, into: &output)
        position += step.consumed
        return (step, failure == nil && !input.isEmpty && position < pack.end)
      }
    } catch {
      if let failure { throw .refused("pack \(path)", failure) }
      throw pack.corrupt(error, at: entry.offset)
    }
  }

  /// Inflates an entry's stream in one call when all of it is at hand; false, and nothing is done,
  /// when it is not.
  private func inflateAtHand(
    _ entry: PackEntry, in pack: PackFile, _ inflater: inout Inflater, _ window: inout PackWindow,
    into bytes: inout [UInt8]
  ) throws(PandoError) -> Bool {
    guard entry.size <= PackWindow.bytesMax else { return false }
    // Mostly a stream has less than half of what it inflates to.
    let likely = entry.size / 2 + 16
    let needed = window.isSequential ? likely : 1
    do { try window.load(pack, at: entry.dataOffset, needed: needed) } catch {
      throw .refused("pack \(path)", error)
    }
    let input = window.bytes.span.extracting(window.range(from: entry.dataOffset))
    guard input.count >= likely else { return false }
    do {
      var consumed: Int?
      try bytes.append(addingCapacity: entry.size + Inflater.slackBytes) {
        (output) throws(ParseError) in
        consumed = try inflater.inflateWhole(input, size: entry.size, into: &output)
      }
      return consumed != nil
    } catch {
      throw pack.corrupt(error, at: entry.offset)
    }
  }

  /// The size of the result of the delta that `entry` holds, from its first bytes.
  func resultSize(
    _ entry: PackEntry, in pack: PackFile, _ inflater: inout Inflater, _ window: inout PackWindow
  ) throws(PandoError) -> Int {
    // Both sizes are in the first twenty bytes, and those in the first bytes of the stream, behind
    // at most one code table.
    let wanted = min(entry.size, 20)
    do { try window.load(pack, at: entry.dataOffset, needed: 256) } catch {
      throw .refused("pack \(path)", error)
    }
    do {
      let input = window.bytes.span.extracting(window.range(from: entry.dataOffset))
      let start = try inflater.inflatePrefix(input, count: wanted)
      if start.count == wanted { return try DeltaReader.sizes(of: start.span).result }
    } catch {
      throw pack.corrupt(error, at: entry.offset)
    }
    var bytes: [UInt8] = []
    try inflate(entry, in: pack, &inflater, &window, into: &bytes)
    do { return try DeltaReader.sizes(of: bytes.span).result } catch {
      throw pack.corrupt(error, at: entry.offset)
    }
  }

  /// What an entry is made from.
  enum Origin {
    case whole(ObjectKind)
    case delta(base: Int)
  }

  /// Tells what an entry is made from, the base of a delta being in the same pack.
  func origin(of entry: PackEntry, in pack: PackFile) throws(PandoError) -> Origin {
    switch entry.content {
    case .whole(let kind): return .whole(kind)
    case .offsetDelta(let base): return .delta(base: base)
    case .referenceDelta(let id):
      guard let position = try openIndex().position(of: id) else {
        throw pack.corrupt("is a delta on \(id), which the pack lacks", at: entry.offset)
      }
      return .delta(base: try offset(at: position))
    }
  }
}

// MARK: Chains

extension PackReader {
  /// Reads the object at `offset`, deltas applied. Bases on the way go to `bases`.
  func resolve<Bases: DeltaBases>(
    _ offset: Int, in pack: PackFile, _ workspace: inout PackWorkspace, _ bases: inout Bases
  ) throws(PandoError) -> ChainedObject {
    defer { workspace.trim() }
    var base = try descend(offset, in: pack, &workspace, &bases)
    while let link = workspace.chain.popLast() {
      // A large one is inflated behind the small ones, which later links still need.
      let start = workspace.deltas.count
      if link.delta == nil {
        try inflate(
          link.entry, in: pack, &workspace.inflater, &workspace.window, into: &workspace.deltas)
      }
      let range = link.delta ?? start..<workspace.deltas.count
      do {
        let delta = workspace.deltas.span.extracting(range)
        let body = try DeltaReader.apply(
          delta, to: base.object.body.span, limit: Limits.objectBytes)
        base.object = RawObject(kind: base.object.kind, body: body)
        base.depth += 1
      } catch {
        throw pack.corrupt(error, at: link.entry.offset)
      }
      workspace.deltas.removeLast(workspace.deltas.count - start)
      if !workspace.chain.isEmpty, base.depth % DeltaCache.depthStep == 0 {
        bases.keep(base, pack: pack.number, offset: link.entry.offset)
      }
    }
    return base
  }

  /// Walks from `offset` down to a whole object or a cached one, which it returns; the deltas on
  /// the way are left in the workspace, the topmost first.
  private func descend<Bases: DeltaBases>(
    _ offset: Int, in pack: PackFile, _ workspace: inout PackWorkspace, _ bases: inout Bases
  ) throws(PandoError) -> ChainedObject {
    var offset = offset
    while true {
      if let cached = bases.cached(pack: pack.number, offset: offset) { return cached }
      let entry = try entry(at: offset, in: pack, &workspace.window)
      let base: Int
      switch try origin(of: entry, in: pack) {
      case .delta(let offset): base = offset
      case .whole(let kind):
        let body = try body(of: entry, in: pack, &workspace)
        let object = ChainedObject(object: RawObject(kind: kind, body: body), depth: 0)
        if !workspace.chain.isEmpty { bases.keep(object, pack: pack.number, offset: offset) }
        return object
      }
      // A chain longer than the pack has met an entry twice: bases by name can form a ring.
      guard workspace.chain.count < pack.count else {
        throw pack.corrupt("is a delta on itself", at: entry.offset)
      }
      var range: Range<Int>?
      let start = workspace.deltas.count
      if entry.size <= PackWorkspace.deltaBytesMax - start {
        try inflate(
          entry, in: pack, &workspace.inflater, &workspace.window, into: &workspace.deltas)
        range = start..<workspace.deltas.count
      }
      workspace.chain.append(PackWorkspace.Link(entry: entry, delta: range))
      offset = base
    }
  }

  /// Inflates a whole object.
  private func body(
    of entry: PackEntry, in pack: PackFile, _ workspace: inout PackWorkspace
  ) throws(PandoError) -> [UInt8] {
    var body: [UInt8] = []
    if entry.size > PackWindow.bytesMax {
      try inflate(entry, in: pack, &workspace.inflater, &workspace.window, into: &body)
      return body
    }
    // The decoder wants more room than the object shall take.
    let start = workspace.deltas.count
    try inflate(
      entry, in: pack, &workspace.inflater, &workspace.window, into: &workspace.deltas)
    body = Array(workspace.deltas[start...])
    workspace.deltas.removeLast(workspace.deltas.count - start)
    return body
  }

  /// Tells kind and size of the object at `offset` without making it.
  private func header(
    _ offset: Int, in pack: PackFile, _ workspace: inout PackWorkspace
  ) throws(PandoError) -> ObjectHeader {
    // Asked once: a step down the chain costs less than a look into the cache.
    if let cached = resources.cached(pack: pack.number, offset: offset) {
      return cached.object.header
    }
    var size: Int?
    var offset = offset
    for _ in 0...pack.count {
      let entry = try entry(at: offset, in: pack, &workspace.window)
      switch try origin(of: entry, in: pack) {
      case .whole(let kind): return ObjectHeader(kind: kind, size: size ?? entry.size)
      case .delta(let base):
        if size == nil {
          size = try resultSize(entry, in: pack, &workspace.inflater, &workspace.window)
        }
        offset = base
      }
    }
    throw pack.corrupt("is a delta on itself", at: offset)
  }
}
