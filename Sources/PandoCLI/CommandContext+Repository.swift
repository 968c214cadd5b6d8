internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
public import PandoStorage

/// The repository that a command works on.
extension CommandContext {
  /// The repository that the command line, the environment or the current directory names. Opened
  /// once; throws git's complaint when there is none.
  public func repository() throws -> Repository {
    if let opened { return opened }
    let repository = try Repository.discover(
      from: currentDirectory, in: fileSystem, options: repositoryOptions)
    opened = repository
    return repository
  }

  /// The repository, or nil when the current directory is in none.
  func repositoryIfAny() throws -> Repository? {
    do {
      return try repository()
    } catch let error as PandoError where error.code == .notFound {
      return nil
    }
  }

  /// What repositories are opened and made with.
  var repositoryOptions: Repository.Options {
    Repository.Options(
      environment: environment,
      parameters: (inheritedSettings + options.configuration).map { .init($0.name, $0.value) },
      clock: clock)
  }

  /// The repository's objects.
  func objects() throws -> any ObjectWriter { try repository().objects }

  /// The repository's objects on disk.
  func objectDatabase() throws -> ObjectDatabase {
    guard let database = try objects() as? ObjectDatabase else {
      throw PandoError(.unsupported, "the repository's objects are not on a disk")
    }
    return database
  }

  /// The settings: the repository's, or those that hold outside of repositories.
  func configuration() throws -> Configuration {
    if let repository = try repositoryIfAny() { return repository.configuration }
    return try ConfigurationLoader(
      in: fileSystem, environment: environment, parameters: repositoryOptions.parameters
    ).load()
  }

  /// The algorithm of the repository, or git's default outside of one.
  func hashAlgorithmOfSurroundings() throws -> HashAlgorithm {
    try repositoryIfAny()?.hashAlgorithm ?? .sha1
  }

  /// Whether paths are quoted for bytes above 127: `core.quotePath`.
  func quotesHighBytes() throws -> Bool { try configuration().bool("core.quotePath") ?? true }

  /// The way from the work tree's root to the current directory, with a slash at its end; empty at
  /// the root, nil outside of a work tree.
  func prefix() throws -> [UInt8]? {
    guard let root = try repository().workTree?.bytes else { return nil }
    let here = currentDirectory.bytes
    if here == root { return [] }
    let base = root.last == UInt8(ascii: "/") ? root : root + [UInt8(ascii: "/")]
    guard here.starts(with: base) else { return nil }
    return Array(here.dropFirst(base.count)) + [UInt8(ascii: "/")]
  }
}
