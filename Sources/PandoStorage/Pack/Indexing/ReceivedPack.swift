internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// A pack that came off a stream, whole and checked, under a temporary name. Published, its objects
/// are there for all; dropped, it is gone.
public struct ReceivedPack: ~Copyable {
  /// What is in it.
  public let pack: IndexedPack
  /// What came behind the pack and was read along with it.
  public let rest: [UInt8]
  private let file: TemporaryFile
  private let directory: FilePath
  private let files: any FileSystem
  private let random: any RandomSource

  init(
    _ pack: IndexedPack, file: consuming TemporaryFile, directory: FilePath,
    files: any FileSystem, random: any RandomSource, rest: [UInt8]
  ) {
    self.pack = pack
    self.file = file
    self.directory = directory
    self.files = files
    self.random = random
    self.rest = rest
  }

  /// The path of the temporary file.
  public var path: FilePath { file.path }

  /// How a pack is published.
  public struct Publication: Sendable {
    /// When its files are synced.
    public var durability = Durability.everyCommit
    /// The format of the index.
    public var format = IndexedPack.IndexFormat()
    /// Whether a reverse index is written.
    public var writesReverseIndex = false
    /// What a file `.keep` says, which keeps the pack from being repacked; nil for no such file.
    public var keep: [UInt8]?
    /// What a file `.promisor` says; nil for no such file.
    public var promisor: [UInt8]?
    /// The path of the pack; nil for its name in the directory that it was received in.
    public var path: FilePath?
    /// The path of the index; nil for the one that goes with the pack's.
    public var indexPath: FilePath?

    /// A pack with an index, under the name that its checksum gives it.
    public init() {}
  }

  /// Where a pack was published.
  public struct Place: Sendable, Hashable {
    /// The pack.
    public let path: FilePath
    /// Its index.
    public let indexPath: FilePath
    /// Whether a file `.keep` was made, and was not there before.
    public let isKept: Bool
  }

  /// Gives the files their names: what protects the pack first, then the pack, then the reverse
  /// index, then the index, which is what makes the objects visible.
  public consuming func publish(_ publication: Publication) throws(PandoError) -> Place {
    let durability = publication.durability.forPacks
    let path = publication.path ?? directory / "pack-\(pack.checksum.hex).pack"
    let indexPath = publication.indexPath ?? PackNames.path(of: path, ending: ".idx")
    let (pack, files, random, directory) = (pack, files, random, directory)
    var file = file
    do throws(FileError) { try file.finishWriting(durability) } catch {
      throw .refused("pack \(path)", error)
    }
    var reverse: TemporaryFile?
    if publication.writesReverseIndex {
      reverse = try PackSidecar.make(
        "tmp_rev_", in: directory, files, random, durability
      ) { (write) throws(PandoError) in try pack.writeReverseIndex(write) }
    }
    let index = try PackSidecar.make(
      "tmp_idx_", in: directory, files, random, durability
    ) { (write) throws(PandoError) in try pack.writeIndex(publication.format, write) }
    var isKept = false
    for (suffix, text) in [(".keep", publication.keep), (".promisor", publication.promisor)] {
      guard let text else { continue }
      let isNew = try PackSidecar.note(
        text, at: PackNames.path(of: path, ending: suffix), files, durability)
      if suffix == ".keep" { isKept = isNew }
    }
    do throws(FileError) {
      try file.place(at: path, isNamed: publication.path != nil, durability.withoutDirectories)
      if let reverse = reverse.take() {
        try reverse.place(
          at: PackNames.path(of: path, ending: ".rev"), isNamed: publication.path != nil,
          durability.withoutDirectories)
      }
      try index.place(
        at: indexPath, isNamed: publication.path != nil || publication.indexPath != nil,
        durability)
    } catch {
      throw .refused("pack \(path)", error)
    }
    return Place(path: path, indexPath: indexPath, isKept: isKept)
  }
}

/// The files beside a pack.
enum PackSidecar {
  /// Makes a synced file under a temporary name.
  static func make(
    _ prefix: String, in directory: FilePath, _ files: any FileSystem,
    _ random: any RandomSource, _ durability: Durability, permissions: UInt16 = 0o444,
    _ body: (@escaping ([UInt8]) throws(PandoError) -> Void) throws(PandoError) -> Void
  ) throws(PandoError) -> TemporaryFile {
    var file = try TemporaryFile.makeForPack(
      prefix, in: directory, files: files, random: random, permissions: permissions)
    let writer = file.writer
    try body { (bytes) throws(PandoError) in
      do throws(FileError) { try writer.write(bytes) } catch {
        throw .refused("file \(writer.path)", error)
      }
    }
    do throws(FileError) { try file.finishWriting(durability) } catch {
      throw .refused("file \(file.path)", error)
    }
    return file
  }

  /// Makes a small file with a line of text, unless it is there; whether it was made.
  static func note(
    _ text: [UInt8], at path: FilePath, _ files: any FileSystem, _ durability: Durability
  ) throws(PandoError) -> Bool {
    do throws(FileError) {
      let file = try files.createExclusively(path, permissions: 0o600)
      if !text.isEmpty { try file.write(text + [UInt8(ascii: "\n")]) }
      if durability.synchronizesFiles { try file.synchronize() }
      try file.close()
      return true
    } catch {
      if error.isExists { return false }
      throw .refused("file \(path)", error)
    }
  }
}

extension TemporaryFile {
  /// Gives the file its name: one that its contents make is taken only if it is free, one that the
  /// caller has chosen in any case.
  consuming func place(
    at path: FilePath, isNamed: Bool, _ durability: Durability
  ) throws(FileError) {
    if isNamed {
      try replace(path, durability: durability)
    } else {
      _ = try publish(to: path, durability: durability)
    }
  }
}
