internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// What lies in an object directory: loose objects, packs, and what is neither.
struct ObjectCensus {
  private let context: CommandContext
  private let directory: FilePath
  private let algorithm: HashAlgorithm

  private(set) var loose: [ObjectID] = []
  private(set) var looseBytes = 0
  private(set) var packed = 0
  private(set) var packs = 0
  private(set) var packBytes = 0
  /// Loose objects that a pack has too.
  private(set) var duplicates = 0
  private(set) var garbage = 0
  private(set) var garbageBytes = 0

  init(_ context: CommandContext) throws {
    self.context = context
    let database = try context.objectDatabase()
    directory = database.directory
    algorithm = database.hashAlgorithm
  }

  /// Counts what lies in the 256 directories of loose objects.
  mutating func countLoose(reportsGarbage: Bool) throws {
    for number in UInt8.min...UInt8.max {
      let digits = [Hex.digit(number >> 4), Hex.digit(number & 15)]
      let folder = directory.appending(bytes: digits)
      for entry in try context.fileSystem.list(folder) ?? [] {
        let path = folder.appending(bytes: entry.nameBytes)
        let hex = digits + entry.nameBytes
        if let id = ObjectID(hexBytes: hex.span), id.algorithm == algorithm {
          loose.append(id)
          let status = try context.fileSystem.status(of: path, followingLinks: false)
          looseBytes += status?.allocatedBytes ?? 0
        } else if reportsGarbage {
          try report("garbage found", path)
        }
      }
    }
  }

  private mutating func report(_ what: String, _ path: FilePath) throws {
    garbage += 1
    garbageBytes += try context.fileSystem.status(of: path, followingLinks: true)?.size ?? 0
    let shown = RelativePath.shown(path, from: context.currentDirectory)
    try context.errors.write("warning: \(what): \(shown)\n")
  }

  // MARK: Packs

  private static let suffixes = [
    ".idx", ".pack", ".rev", ".bitmap", ".keep", ".promisor", ".mtimes",
  ]

  /// Counts packs and their objects, those that are loose too, and what is no part of a pack.
  mutating func countPacks() throws {
    let folder = directory / "pack"
    var parts: [String: [String]] = [:]
    for entry in try context.fileSystem.list(folder) ?? [] {
      let name = entry.name
      if name == "multi-pack-index" || Self.isPartOfMultiPackIndex(name) { continue }
      guard let suffix = Self.suffixes.first(where: { name.hasSuffix($0) }) else {
        try report("garbage found", folder / name)
        continue
      }
      parts[String(name.dropLast(suffix.count)), default: []].append(suffix)
    }
    var indexes: [PackIndex] = []
    for (stem, suffixes) in parts.sorted(by: { $0.key < $1.key }) {
      let hasPack = suffixes.contains(".pack")
      let hasIndex = suffixes.contains(".idx")
      guard hasPack, hasIndex else {
        let missing =
          hasPack
          ? "no corresponding .idx"
          : hasIndex ? "no corresponding .pack" : "no corresponding .idx or .pack"
        for suffix in suffixes { try report(missing, folder / (stem + suffix)) }
        continue
      }
      if let index = try count(folder / stem) { indexes.append(index) }
    }
    duplicates = loose.count { id in indexes.contains { $0.position(of: id) != nil } }
  }

  private static func isPartOfMultiPackIndex(_ name: String) -> Bool {
    name.hasPrefix("multi-pack-index-")
      && (name.hasSuffix(".rev") || name.hasSuffix(".bitmap"))
  }

  private mutating func count(_ stem: FilePath) throws -> PackIndex? {
    let files = context.fileSystem
    let path = stem.adding(suffix: ".idx")
    guard let map = try files.map(path) else { return nil }
    let index: PackIndex
    do { index = try PackIndex(map, algorithm: algorithm) } catch {
      throw PandoError.corrupt("pack index \(path)", error)
    }
    packs += 1
    packed += index.count
    for suffix in [".pack", ".idx"] {
      let file = stem.adding(suffix: suffix)
      packBytes += try files.status(of: file, followingLinks: true)?.size ?? 0
    }
    return index
  }
}

extension RelativePath {
  /// A path for a message: relative to a directory when it lies below it.
  static func shown(_ path: FilePath, from directory: FilePath) -> FilePath {
    let base = directory.bytes + [UInt8(ascii: "/")]
    guard path.bytes.starts(with: base) else { return path }
    return FilePath(bytes: Array(path.bytes.dropFirst(base.count)))
  }
}
