public import PandoBytes
public import PandoFiles
public import PandoObjects
internal import Synchronization

/// A Git repository, on a disk or in memory: objects, references and settings.
///
/// Calls block and may come from any thread.
public final class Repository: Sendable {
  /// What a repository is opened with.
  public struct Options: Sendable {
    /// When written files are forced to the disk.
    public var durability: Durability
    /// The variables and the user that settings and identities come from.
    public var environment: ProcessEnvironment
    /// Settings that count before all files.
    public var parameters: [ConfigurationLoader.Parameter]
    /// The time of day.
    public var clock: any WallClock
    /// What spreads waits and makes names unique.
    public var random: any RandomSource

    /// Makes options.
    public init(
      durability: Durability = .everyCommit, environment: ProcessEnvironment = .current(),
      parameters: [ConfigurationLoader.Parameter] = [], clock: any WallClock = SystemClock(),
      random: any RandomSource = SystemRandom()
    ) {
      self.durability = durability
      self.environment = environment
      self.parameters = parameters
      self.clock = clock
      self.random = random
    }
  }

  /// The objects.
  public let objects: any ObjectWriter
  /// The references.
  public let references: any ReferenceStore
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  /// Where the parts are; nil in memory.
  public let layout: RepositoryLayout?
  /// What the repository was opened with.
  public let options: Options
  /// The disk that the repository is on; nil in memory.
  public let fileSystem: (any FileSystem)?
  private let settings: Mutex<Settings>

  private struct Settings {
    var configuration: Configuration
    /// Counts changes.
    var version = 0
  }

  init(
    objects: any ObjectWriter, references: any ReferenceStore, hashAlgorithm: HashAlgorithm,
    configuration: Configuration, layout: RepositoryLayout?, options: Options,
    fileSystem: (any FileSystem)?
  ) {
    self.objects = objects
    self.references = references
    self.hashAlgorithm = hashAlgorithm
    self.layout = layout
    self.options = options
    self.fileSystem = fileSystem
    settings = Mutex(Settings(configuration: configuration))
  }

  /// The settings as they were read when the repository was opened, or changed through it.
  public var configuration: Configuration { settings.withLock { $0.configuration } }
  /// Another number after each change of the settings, for those who keep what they come to.
  package var settingsVersion: Int { settings.withLock { $0.version } }

  /// Whether the repository is made to have no worktree.
  public var isBare: Bool { layout?.isBare ?? true }
  /// Where files are checked out, or nil.
  public var workTree: FilePath? { layout?.workTree }
  /// The Git directory of this worktree; nil in memory.
  public var gitDirectory: FilePath? { layout?.gitDirectory }

  // MARK: Settings

  /// Reads all settings again.
  public func reloadConfiguration() throws(PandoError) {
    guard let layout, let fileSystem else { return }
    let fresh = try Self.loadConfiguration(
      layout, RepositoryFormat.read(layout.commonDirectory, in: fileSystem), fileSystem, options)
    settings.withLock { settings in
      settings.configuration = fresh
      settings.version += 1
    }
  }

  /// Gives a name one value in the repository's own file, or removes it when `value` is nil, and
  /// reads the settings again. Throws `.locked` when somebody else changes the file.
  public func setConfiguration(_ name: String, to value: String?) throws(PandoError) {
    let name = try ConfigName(checking: name)
    guard let layout, let fileSystem else {
      settings.withLock { settings in
        var entries = settings.configuration.entries.filter { $0.name != name }
        if let value {
          entries.append(.init(name: name, value: ByteString(value), scope: .local))
        }
        settings.configuration = Configuration(
          entries, homeDirectory: settings.configuration.homeDirectory)
        settings.version += 1
      }
      return
    }
    try ConfigFile.update(
      layout.configFile, in: fileSystem, durability: options.durability
    ) { (file) throws(PandoError) in
      if let value { try file.set(name, to: ByteString(value)) } else { file.unset(name) }
    }
    try reloadConfiguration()
  }
}

// MARK: Opening

extension Repository {
  /// Opens a repository that is known to be at `path`: its Git directory, or a directory with a
  /// `.git` in it. Who owns it is not looked at.
  ///
  /// Throws `.notFound` when there is none and `.unsupported` for a format that is unknown.
  public static func open(
    at path: FilePath, in fileSystem: any FileSystem = LocalFileSystem(),
    options: Options = Options()
  ) throws(PandoError) -> Repository {
    let locator = RepositoryLocator(in: fileSystem, options: options)
    guard let location = try locator.location(at: path) else {
      throw PandoError(.notFound, "not a git repository: '\(path)'")
    }
    return try open(location, in: fileSystem, options: options)
  }

  /// Opens the repository that a directory is in, as Git's commands do: see ``RepositoryLocator``.
  public static func discover(
    from directory: FilePath, in fileSystem: any FileSystem = LocalFileSystem(),
    options: Options = Options()
  ) throws(PandoError) -> Repository {
    let locator = RepositoryLocator(in: fileSystem, options: options)
    return try open(locator.locate(from: directory), in: fileSystem, options: options)
  }

  static func open(
    _ location: RepositoryLocator.Location, in fileSystem: any FileSystem, options: Options
  ) throws(PandoError) -> Repository {
    let layout = location.layout
    let algorithm = location.format.hashAlgorithm
    let configuration = try loadConfiguration(layout, location.format, fileSystem, options)
    let objects = try openObjects(
      layout, algorithm, configuration: configuration, in: fileSystem, options: options)
    let references = FileReferences(
      gitDirectory: layout.gitDirectory, commonDirectory: layout.commonDirectory,
      hashAlgorithm: algorithm, in: fileSystem, objects: objects,
      options: try referenceOptions(configuration, layout, options))
    return Repository(
      objects: objects, references: references, hashAlgorithm: algorithm,
      configuration: configuration, layout: layout, options: options, fileSystem: fileSystem)
  }

  private static func loadConfiguration(
    _ layout: RepositoryLayout, _ format: RepositoryFormat, _ fileSystem: any FileSystem,
    _ options: Options
  ) throws(PandoError) -> Configuration {
    let loader = ConfigurationLoader(
      in: fileSystem, environment: options.environment, parameters: options.parameters,
      gitDirectory: layout.gitDirectory)
    return try loader.load(
      local: layout.configFile,
      worktree: format.usesWorktreeConfig ? layout.worktreeConfigFile : nil)
  }

  private static func referenceOptions(
    _ configuration: Configuration, _ layout: RepositoryLayout, _ options: Options
  ) throws(PandoError) -> FileReferences.Options {
    var logging: ReflogPolicy = layout.isBare && layout.workTree == nil ? .never : .branches
    if let entry = configuration.last("core.logAllRefUpdates") {
      if entry.value?.text.lowercased() == "always" {
        logging = .always
      } else if let value = try configuration.bool("core.logAllRefUpdates") {
        logging = value ? .branches : .never
      }
    }
    return FileReferences.Options(
      logging: logging,
      lockTimeoutMilliseconds: try configuration.integer("core.filesRefLockTimeout") ?? 100,
      packedLockTimeoutMilliseconds: try configuration.integer("core.packedRefsTimeout") ?? 1000,
      durability: options.durability, clock: options.clock, random: options.random)
  }
}

// MARK: In memory

extension Repository {
  /// Makes an empty repository that lives as long as its owner.
  ///
  /// - Parameter head: the branch that `HEAD` names. Throws `.invalidInput` when that is none.
  public static func inMemory(
    _ algorithm: HashAlgorithm = .sha1, head: String = "main", logging: ReflogPolicy = .branches,
    options: Options = Options()
  ) throws(PandoError) -> Repository {
    let objects = MemoryObjects(algorithm)
    let references = MemoryReferences(
      algorithm, head: try .branch(head), logging: logging, objects: objects)
    return Repository(
      objects: objects, references: references, hashAlgorithm: algorithm,
      configuration: Configuration(), layout: nil, options: options, fileSystem: nil)
  }
}
