public import PandoBytes
public import PandoFiles
public import PandoObjects

extension Repository {
  /// What a new repository is like.
  public struct CreateOptions: Sendable {
    /// Whether it has no worktree.
    public var isBare: Bool
    /// The algorithm that names its objects.
    public var hashAlgorithm: HashAlgorithm
    /// The branch that `HEAD` names; nil takes `init.defaultBranch`, else Git's own default.
    public var initialBranch: String?

    /// Makes options; without any, those of a store: bare, SHA-1, branch `main`.
    public init(
      isBare: Bool = true, hashAlgorithm: HashAlgorithm = .sha1, initialBranch: String? = "main"
    ) {
      self.isBare = isBare
      self.hashAlgorithm = hashAlgorithm
      self.initialBranch = initialBranch
    }
  }

  /// Makes a repository and opens it; one that is there is completed, never changed.
  ///
  /// Writes what `git init` writes, byte for byte in `config` and `HEAD`, without the template's
  /// sample hooks and with fewer comments. `HEAD` comes last, so that a half-made directory is no
  /// repository.
  ///
  /// - Parameter path: the Git directory of a bare repository, the worktree of another.
  /// - Throws: `.invalidInput` for a malformed branch name, or when the repository that is there
  ///   has another algorithm.
  public static func create(
    at path: FilePath, _ create: CreateOptions = CreateOptions(),
    in fileSystem: any FileSystem = LocalFileSystem(), options: Options = Options()
  ) throws(PandoError) -> Repository {
    try initialize(at: path, create, in: fileSystem, options: options).repository
  }

  /// As ``create(at:_:in:options:)``, and tells whether a repository was there already.
  public static func initialize(
    at path: FilePath, _ create: CreateOptions = CreateOptions(),
    in fileSystem: any FileSystem = LocalFileSystem(), options: Options = Options()
  ) throws(PandoError) -> (repository: Repository, wasThere: Bool) {
    let path = path.resolved(against: options.environment.currentDirectory).normalized
    var gitDirectory = create.isBare ? path : path / ".git"
    if !create.isBare, try isFile(gitDirectory, fileSystem) {
      gitDirectory = try RepositoryLayout.readPointer(gitDirectory, in: fileSystem)
    }
    let common = try RepositoryLayout.commonDirectory(of: gitDirectory, in: fileSystem)
    let wasThere = try RepositoryLayout.isGitDirectory(gitDirectory, in: fileSystem)
    let head = try ReferenceTarget.symbolic(initialBranch(create, fileSystem, options))
    if wasThere {
      let format = try RepositoryFormat.read(common, in: fileSystem)
      guard format.hashAlgorithm == create.hashAlgorithm else {
        throw PandoError(
          .invalidInput, "attempt to reinitialize repository with different hash")
      }
    }
    try PandoError.wrapping("cannot create a repository in \(gitDirectory)") {
      () throws(FileError) in
      for name in ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "hooks"] {
        try fileSystem.createDirectories(common / name, durability: options.durability)
      }
      let ignoresCase = try fileSystem.exists(common / "ObJeCtS")
      let files = [
        ("description", Self.description), ("info/exclude", Self.exclude),
        ("config", Self.config(create, ignoresCase: ignoresCase)),
      ]
      for (name, text) in files where try !fileSystem.exists(common / name) {
        try fileSystem.replaceContents(
          of: common / name, with: Array(text.utf8), durability: options.durability)
      }
      if !wasThere {
        try fileSystem.replaceContents(
          of: gitDirectory / "HEAD", with: LooseReference.serialize(head),
          durability: options.durability)
      }
    }
    let locator = RepositoryLocator(in: fileSystem, options: options)
    guard let location = try locator.location(at: create.isBare ? gitDirectory : path) else {
      throw PandoError(.notFound, "not a git repository: '\(path)'")
    }
    return (try open(location, in: fileSystem, options: options), wasThere)
  }

  private static func isFile(
    _ path: FilePath, _ fileSystem: any FileSystem
  ) throws(PandoError) -> Bool {
    try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try fileSystem.status(of: path, followingLinks: true)?.kind == .file
    }
  }

  private static func initialBranch(
    _ create: CreateOptions, _ fileSystem: any FileSystem, _ options: Options
  ) throws(PandoError) -> ReferenceName {
    let loader = ConfigurationLoader(
      in: fileSystem, environment: options.environment, parameters: options.parameters)
    let configured: String? =
      if create.initialBranch == nil { try loader.load().string("init.defaultBranch") } else { nil }
    let name = create.initialBranch ?? configured ?? "master"
    do throws(PandoError) { return try .branch(name) } catch {
      throw PandoError(.invalidInput, "invalid initial branch name: '\(name)'")
    }
  }

  // MARK: Files

  /// The text by which gitweb knows a repository that nobody has described.
  private static let description =
    "Unnamed repository; edit this file 'description' to name the repository.\n"

  private static let exclude = """
    # Patterns of files that Git ignores in this repository only; see gitignore(5).

    """

  private static func config(_ create: CreateOptions, ignoresCase: Bool) -> String {
    let isPlain = create.hashAlgorithm == .sha1
    var text = """
      [core]
      \trepositoryformatversion = \(isPlain ? 0 : 1)
      \tfilemode = true
      \tbare = \(create.isBare)

      """
    if !create.isBare { text += "\tlogallrefupdates = true\n" }
    if ignoresCase { text += "\tignorecase = true\n" }
    if !isPlain { text += "[extensions]\n\tobjectformat = \(create.hashAlgorithm.name)\n" }
    return text
  }
}
