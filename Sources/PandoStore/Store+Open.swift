internal import PandoBytes
public import PandoFiles
public import PandoObjects
public import PandoStorage

extension Store {
  /// Opens the repository at `path`, or makes a bare one there: its Git directory, or a directory
  /// with a `.git` in it. Throws `.invalidInput` where something else is in the way.
  public init(
    at path: String, options: StoreOptions = StoreOptions()
  ) throws(PandoError) {
    try self.init(at: path, in: LocalFileSystem(), options: options)
  }

  /// Opens or makes a repository on a file system of one's choice.
  public init(
    at path: String, in fileSystem: any FileSystem, options: StoreOptions = StoreOptions()
  ) throws(PandoError) {
    let path = FilePath(path)
    let repository: Repository
    do throws(PandoError) {
      repository = try Repository.open(at: path, in: fileSystem, options: options.repository)
    } catch {
      guard error.code == .notFound else { throw error }
      let create = Repository.CreateOptions(
        hashAlgorithm: options.hashAlgorithm, initialBranch: options.initialBranch)
      repository = try Repository.create(
        at: path, create, in: fileSystem, options: options.repository)
    }
    try self.init(repository: repository, options: options)
  }

  /// Makes a store of a repository that is open. Its own options count before `options.repository`.
  ///
  /// Publishes journaled commits that a process left which ended before it could. Throws `.locked`
  /// when somebody holds the lock of a branch that they are for.
  public init(
    repository: Repository, options: StoreOptions = StoreOptions()
  ) throws(PandoError) {
    var options = options
    options.repository = repository.options
    if let loss = try JournalRecovery.run(repository) { options.maintenanceFailed?(loss) }
    let identity = StoreIdentity(repository, fallback: options.fallbackIdentity)
    let rollUp = PackRollUp(repository, options)
    let isJournaled = options.repository.durability.publishing == .journaled
    engine = StoreEngine(
      objects: repository.objects, references: repository.references, options: options,
      rollUp: rollUp,
      journaled: isJournaled
        ? JournaledCommits(repository, options) { rollUp?.didPublish() } : nil,
      signer: { (role, time) throws(PandoError) in try identity.signature(role, at: time) })
  }

  /// Makes an empty store that lives as long as its owners.
  public static func inMemory(
    options: StoreOptions = StoreOptions()
  ) throws(PandoError) -> Store {
    try Store(
      repository: .inMemory(
        options.hashAlgorithm, head: options.initialBranch, options: options.repository),
      options: options)
  }
}
