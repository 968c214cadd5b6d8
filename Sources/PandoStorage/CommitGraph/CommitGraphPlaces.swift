public import PandoBytes
public import PandoFiles
public import PandoObjects

/// The names of the files of a commit-graph below an object directory. Source:
/// gitrepository-layout; commit-graph technical notes.
enum CommitGraphPlaces {
  /// The graph in one file.
  static func single(_ directory: FilePath) -> FilePath { directory / "info" / "commit-graph" }

  /// The directory of a graph in several files.
  static func layers(_ directory: FilePath) -> FilePath { directory / "info" / "commit-graphs" }

  /// The list of a graph's files, lowest first: their checksums, one a line.
  static func chain(_ directory: FilePath) -> FilePath {
    layers(directory) / "commit-graph-chain"
  }

  /// The file of a chain with that checksum.
  static func layer(_ directory: FilePath, _ checksum: Digest) -> FilePath {
    layers(directory) / "graph-\(checksum.hex).graph"
  }
}

/// Finds and opens the commit-graph of a repository.
public struct CommitGraphLoader: Sendable {
  /// The largest list of files that is read, in bytes: enough for as many as a header can count.
  static let chainBytesMax = 256 * 65

  let directories: [FilePath]
  let algorithm: HashAlgorithm
  let files: any FileSystem

  /// What was found.
  public struct Found: Sendable {
    /// The graph; nil when there is none that can be used.
    public var graph: CommitGraphChain?
    /// The object directory whose graph it is.
    public var directory: FilePath?
    /// Why a file that is there is not used, or not all of a chain.
    public var problem: PandoError?

    /// Nothing.
    public init() {}
  }

  /// Looks into `directories`, a repository's own object directory first, then those that it
  /// borrows from.
  public init(
    _ directories: [FilePath], algorithm: HashAlgorithm, files: any FileSystem
  ) {
    self.directories = directories
    self.algorithm = algorithm
    self.files = files
  }

  /// Opens the first graph there is. Of a chain with a damaged file, those below are used; what
  /// cannot be used at all is passed over.
  public func load() -> Found {
    var found = Found()
    for directory in directories {
      let here = load(directory)
      found.problem = found.problem ?? here.problem
      guard let graph = here.graph else { continue }
      found.graph = graph
      found.directory = directory
      break
    }
    return found
  }

  /// Opens the graph of one directory, the single file before the chain.
  public func load(_ directory: FilePath) -> Found {
    var found = Found()
    do throws(PandoError) {
      if let file = try open(CommitGraphPlaces.single(directory)) {
        found.graph = try CommitGraphChain(file)
      }
    } catch {
      found.problem = error
    }
    if found.graph == nil { loadChain(directory, &found) }
    if found.graph != nil { found.directory = directory }
    return found
  }

  private func loadChain(_ directory: FilePath, _ found: inout Found) {
    var layers: [CommitGraphFile] = []
    do throws(PandoError) {
      for checksum in try chain(directory) {
        let layer = try layer(checksum)
        try CommitGraphChain.check(layer, over: layers[...])
        layers.append(layer)
      }
    } catch {
      found.problem = found.problem ?? error
    }
    guard !layers.isEmpty else { return }
    do throws(PandoError) { found.graph = try CommitGraphChain(layers: layers) } catch {
      found.problem = found.problem ?? error
    }
  }

  /// The checksums that the list of a directory has.
  func chain(_ directory: FilePath) throws(PandoError) -> [Digest] {
    let path = CommitGraphPlaces.chain(directory)
    let bytes: [UInt8]?
    do { bytes = try files.contents(of: path, limit: Self.chainBytesMax) } catch {
      throw .refused("commit-graph chain \(path)", error)
    }
    return try Self.parseChain(bytes ?? [], algorithm, path)
  }

  /// Reads a list of files.
  static func parseChain(
    _ bytes: [UInt8], _ algorithm: HashAlgorithm, _ path: FilePath
  ) throws(PandoError) -> [Digest] {
    var checksums: [Digest] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let digits = Array(line)
      guard let checksum = Digest(hexBytes: digits.span), checksum.algorithm == algorithm else {
        throw PandoError(
          .corrupt,
          "invalid commit-graph chain: line '\(String(decoding: line, as: UTF8.self))' not a hash")
      }
      checksums.append(checksum)
    }
    return checksums
  }

  /// The file of a chain, in whichever directory it is.
  private func layer(_ checksum: Digest) throws(PandoError) -> CommitGraphFile {
    for directory in directories {
      guard let file = try open(CommitGraphPlaces.layer(directory, checksum)) else { continue }
      guard file.checksum == checksum else { throw file.corrupt("is not what its name says") }
      return file
    }
    throw PandoError(.notFound, "unable to find all commit-graph files")
  }

  func open(_ path: FilePath) throws(PandoError) -> CommitGraphFile? {
    let map: MappedFile?
    do { map = try files.map(path) } catch { throw .refused("commit-graph \(path)", error) }
    guard let map else { return nil }
    do { return try CommitGraphFile(map, path: path, algorithm: algorithm) } catch {
      throw .corrupt("commit-graph \(path)", error)
    }
  }
}
