public import PandoBytes
public import PandoFiles
public import PandoObjects

/// Finds out what is in a pack that has no index: where each object is and what its name is.
///
/// Two passes: the first reads the pack once from start to end, the second resolves its deltas on
/// several threads. Nothing that the pack claims is believed: memory is taken for what has come,
/// every sum is checked, and whatever is wrong ends the work with an error in Git's words. Takes 36
/// bytes an object, the budget for bases of deltas, and two objects a thread. Source:
/// gitformat-pack.
public struct PackIndexer: Sendable {
  /// How packs are indexed.
  public struct Options: Sendable {
    /// The threads that resolve deltas; 0 for one a processor.
    public var threads = 0
    /// The bytes of bases that are kept for deltas on them yet to come. Each thread has the base,
    /// the delta and the result it works on beside them.
    public var memoryBudget = 16 << 20
    /// The size of one object that is accepted.
    public var objectBytesMax = Limits.objectBytes
    /// The size of a pack that is accepted: `--max-input-size`.
    public var inputBytesMax = Int.max
    /// Whether a pack that has an object twice is refused, as `--strict` does.
    public var refusesRepeatedObjects = false
    /// Whether bases that a pack lacks are appended to it: `--fix-thin`.
    public var completesThinPacks = false
    /// The compression of appended bases.
    public var level = 1
    /// What the first pass is called before whoever watches; nil for Git's words.
    public var title: String?

    /// The defaults of `git index-pack`.
    public init() {}
  }

  /// How packs are indexed.
  public var options: Options
  /// Who is told how far the work is.
  public var progress: (any ProgressMeter)?
  let algorithm: HashAlgorithm
  let files: any FileSystem
  let random: any RandomSource
  let objects: (any ObjectReader)?
  var checks: (any PackContentCheck)?

  /// Makes an indexer of packs whose objects `algorithm` names.
  ///
  /// - Parameter objects: the objects that are there already: those of a name that comes again must
  ///   be the same, and bases of thin packs are read from there.
  public init(
    _ algorithm: HashAlgorithm, files: any FileSystem, options: Options = Options(),
    objects: (any ObjectReader)? = nil, progress: (any ProgressMeter)? = nil,
    random: any RandomSource = SystemRandom()
  ) {
    self.algorithm = algorithm
    self.files = files
    self.options = options
    self.objects = objects
    self.progress = progress
    self.random = random
  }

  /// Lets `checks` look at each object.
  package mutating func setChecks(_ checks: (any PackContentCheck)?) { self.checks = checks }

  private var threads: Int {
    options.threads > 0 ? options.threads : ThreadTeam.processorCount
  }

  /// Indexes the pack in a file, which is left alone.
  public func index(packAt path: FilePath) throws(PandoError) -> IndexedPack {
    let file = try open(path)
    let input = PackInput(
      .file(file), copy: nil, algorithm: algorithm, bytesMax: options.inputBytesMax,
      progress: nil)
    let inspection = inspection()
    var scan = PackScan(
      input, algorithm: algorithm, objectBytesMax: options.objectBytesMax,
      inspector: inspection, progress: progress)
    try scan.run(title: options.title ?? "Indexing objects")
    let end = scan.end
    guard end + algorithm.byteCount == file.size else {
      throw PandoError(.corrupt, "pack has junk at the end")
    }
    progress?.end()
    var resolving = PackResolving(self, scan.result, file, inspection, threads)
    try resolving.resolveOwn()
    try resolving.requireAll()
    return try resolving.finish(checksum: scan.checksum)
  }

  /// Takes a pack off a stream into a temporary file in `directory`, completes it if need be, and
  /// indexes it. Dropped unpublished, the file is removed.
  public func index(
    stream: any ByteInput, in directory: FilePath
  ) throws(PandoError) -> ReceivedPack {
    let inspection = inspection()
    let arrival = try receive(stream, in: directory, inspection, keepsSoundPart: false)
    var resolving = PackResolving(self, arrival.scanned, arrival.file, inspection, threads)
    try resolving.resolveOwn()
    let checksum: Digest
    if options.completesThinPacks, !resolving.isComplete {
      checksum = try resolving.complete(arrival.copy)
    } else {
      try resolving.requireAll()
      checksum = arrival.checksum
      try arrival.endCopy()
    }
    let pack = try resolving.finish(checksum: checksum)
    return ReceivedPack(
      pack, file: arrival.copy, directory: directory, files: files, random: random,
      rest: arrival.rest)
  }

  /// Takes what is sound of a pack off a stream; its objects are given to the checks.
  func salvage(
    _ stream: any ByteInput, in directory: FilePath
  ) throws(PandoError) -> Unpacked {
    let inspection = inspection()
    let arrival = try receive(stream, in: directory, inspection, keepsSoundPart: true)
    var damage = arrival.damage
    do throws(PandoError) {
      var resolving = PackResolving(self, arrival.scanned, arrival.file, inspection, threads)
      try resolving.resolveOwn()
      if damage == nil, !resolving.isComplete { _ = try resolving.complete(arrival.copy) }
      try resolving.requireAll()
    } catch {
      damage = damage ?? error
    }
    return Unpacked(
      count: arrival.scanned.table.count, rest: damage == nil ? arrival.rest : [], damage: damage)
  }

  /// Runs the first pass over a stream, whose bytes are copied into a temporary file.
  ///
  /// - Parameter keepsSoundPart: whether damage ends the pass and not the work.
  private func receive(
    _ stream: any ByteInput, in directory: FilePath, _ inspection: PackInspection?,
    keepsSoundPart: Bool
  ) throws(PandoError) -> PackArrival {
    let copy = try TemporaryFile.makeForPack(
      "tmp_pack_", in: directory, files: files, random: random)
    let input = PackInput(
      .stream(stream), copy: copy.writer, algorithm: algorithm, bytesMax: options.inputBytesMax,
      progress: progress)
    var scan = PackScan(
      input, algorithm: algorithm, objectBytesMax: options.objectBytesMax,
      inspector: inspection, progress: progress)
    var damage: PandoError?
    do throws(PandoError) {
      try scan.run(title: options.title ?? "Receiving objects")
    } catch {
      guard keepsSoundPart else { throw error }
      damage = error
      try scan.settle()
    }
    let file = try open(copy.path)
    progress?.end()
    return PackArrival(
      scanned: scan.result, checksum: scan.checksum, rest: scan.rest, damage: damage, file: file,
      copy: copy)
  }

  private func open(_ path: FilePath) throws(PandoError) -> any ReadableFile {
    let opened = try PandoError.wrapping("could not open '\(path)' for reading") {
      () throws(FileError) in
      try files.openForReading(path)
    }
    guard let opened else {
      throw .file(
        "could not open '\(path)' for reading",
        FileError(call: "open", path: path, errno: FileErrorNumber.notFound))
    }
    return opened
  }

  private func inspection() -> PackInspection? {
    objects == nil && checks == nil ? nil : PackInspection(objects, checks, algorithm)
  }
}

/// What the first pass has taken off a stream.
private struct PackArrival: ~Copyable {
  let scanned: PackResolving.Scanned
  /// The checksum of the bytes, without the trailer, which `copy` lacks.
  let checksum: Digest
  /// What came behind the pack.
  let rest: [UInt8]
  /// What ended the pass before the end of the pack.
  let damage: PandoError?
  /// The copy, to be read.
  let file: any ReadableFile
  let copy: TemporaryFile

  /// Writes the trailer.
  func endCopy() throws(PandoError) {
    var trailer: [UInt8] = []
    checksum.append(to: &trailer)
    do throws(FileError) { try copy.write(trailer) } catch {
      throw .file("cannot write the pack", error)
    }
  }
}

extension TemporaryFile {
  /// A file for a part of a pack.
  static func makeForPack(
    _ prefix: String, in directory: FilePath, files: any FileSystem, random: any RandomSource,
    permissions: UInt16 = 0o444
  ) throws(PandoError) -> TemporaryFile {
    do {
      return try create(
        in: directory, prefix: prefix, permissions: permissions, fileSystem: files, random: random)
    } catch {
      throw .refused("directory \(directory)", error)
    }
  }
}
