public import PandoBytes
public import PandoFiles
public import PandoObjects

/// An index beside a pack that is there: made, or compared.
extension IndexedPack {
  /// Writes the index, and the reverse index if asked, in the place of those that are there.
  public func publishIndex(
    at path: FilePath, format: IndexFormat = IndexFormat(), writesReverseIndex: Bool = false,
    files: any FileSystem, durability: Durability, random: any RandomSource = SystemRandom()
  ) throws(PandoError) {
    let durability = durability.forPacks
    let directory = path.parent
    var reverse: TemporaryFile?
    if writesReverseIndex {
      reverse = try PackSidecar.make(
        "tmp_rev_", in: directory, files, random, durability
      ) { (write) throws(PandoError) in try writeReverseIndex(write) }
    }
    let index = try PackSidecar.make(
      "tmp_idx_", in: directory, files, random, durability
    ) { (write) throws(PandoError) in try writeIndex(format, write) }
    do throws(FileError) {
      if let reverse = reverse.take() {
        let stem = path.bytes.ends(with: ".idx") ? Array(path.bytes.dropLast(4)) : path.bytes
        try reverse.replace(
          FilePath(bytes: stem + Array(".rev".utf8)), durability: durability.withoutDirectories)
      }
      try index.replace(path, durability: durability)
    } catch {
      throw .refused("pack index \(path)", error)
    }
  }

  /// Makes a small file beside a pack, such as `.keep`; whether it was not there.
  @discardableResult
  public func publishNote(
    _ text: [UInt8], beside pack: FilePath, ending suffix: String, files: any FileSystem,
    durability: Durability
  ) throws(PandoError) -> Bool {
    try PackSidecar.note(
      text, at: PackNames.path(of: pack, ending: suffix), files, durability.forPacks)
  }

  /// The format of the index at a path. Throws when there is none that can be read.
  public static func format(
    ofIndexAt path: FilePath, algorithm: HashAlgorithm, files: any FileSystem
  ) throws(PandoError) -> IndexFormat {
    let mapped: MappedFile?
    do throws(FileError) { mapped = try files.map(path) } catch {
      throw .refused("pack index \(path)", error)
    }
    guard let mapped else { throw PandoError(.notFound, "pack index \(path) is missing") }
    var format = IndexFormat()
    do throws(ParseError) {
      let index = try PackIndex(mapped, algorithm: algorithm)
      format.version = index.version
      // Offsets may have been put into the long table before they had to.
      if let first = try index.leastLongOffset() { format.longOffsetMin = first }
    } catch {
      throw .corrupt("pack index \(path)", error)
    }
    return format
  }

  /// Whether the file at a path is this pack's index in that format.
  public func hasIndex(
    at path: FilePath, format: IndexFormat, files: any FileSystem
  ) throws(PandoError) -> Bool {
    try Self.matches(path, files) { (write) throws(PandoError) in try writeIndex(format, write) }
  }

  /// Whether the file at a path is this pack's reverse index.
  public func hasReverseIndex(
    at path: FilePath, files: any FileSystem
  ) throws(PandoError) -> Bool {
    try Self.matches(path, files) { (write) throws(PandoError) in try writeReverseIndex(write) }
  }

  private final class Comparison {
    var offset = 0
    var isSame = true
  }

  private static func matches(
    _ path: FilePath, _ files: any FileSystem,
    _ body: (@escaping ([UInt8]) throws(PandoError) -> Void) throws(PandoError) -> Void
  ) throws(PandoError) -> Bool {
    let opened: (any ReadableFile)?
    do throws(FileError) { opened = try files.openForReading(path) } catch {
      throw .refused("file \(path)", error)
    }
    guard let file = opened else { return false }
    let state = Comparison()
    try body { (bytes) throws(PandoError) in
      guard state.isSame, !bytes.isEmpty else { return }
      do throws(FileError) {
        state.isSame = try file.read(at: state.offset, count: bytes.count) == bytes
      } catch {
        throw .refused("file \(path)", error)
      }
      state.offset += bytes.count
    }
    return state.isSame && state.offset == file.size
  }
}

/// What `verify-pack` tells.
extension IndexedPack {
  /// For each entry in the order of the pack, how many deltas lie between it and a whole object.
  /// O(n).
  public var chainDepths: [UInt32] {
    var depths = [UInt32](repeating: 0, count: count)
    var way: [Int] = []
    for position in 0..<count {
      var current = position
      // A base by name may lie behind.
      while table.isDelta(current), depths[current] == 0 {
        let link = Int(table.base(current))
        guard link > 0 else { break }
        way.append(current)
        current = link - 1
      }
      while let step = way.popLast() {
        depths[step] = depths[current] + 1
        current = step
      }
    }
    return depths
  }

  /// For each entry in the order of the pack the size that its header has: of the object, or of
  /// the delta.
  public func storedSizes(
    inPackAt path: FilePath, files: any FileSystem
  ) throws(PandoError) -> [Int] {
    let opened: (any ReadableFile)?
    do throws(FileError) { opened = try files.openForReading(path) } catch {
      throw .refused("pack \(path)", error)
    }
    guard let file = opened else { throw PandoError(.notFound, "pack \(path) is missing") }
    let plan = DeltaResolution.Plan(
      table: table, named: nil, file: file, end: end, memoryBudget: 0, objectBytesMax: .max,
      inspector: nil, progress: nil, resolved: 0)
    var entries = EntryReader(plan)
    var sizes: [Int] = []
    sizes.reserveCapacity(count)
    for position in 0..<count { sizes.append(try entries.size(position)) }
    return sizes
  }
}
