internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// What a repository's configuration says about its own format, read before anything else is
/// believed. Source: gitrepository-layout and git's technical/repository-version.
struct RepositoryFormat: Sendable {
  /// The newest version of the layout that is understood.
  static let versionMax = 1

  private(set) var version = 0
  private(set) var hashAlgorithm = HashAlgorithm.sha1
  /// Whether each worktree has a file of its own settings.
  private(set) var usesWorktreeConfig = false
  /// `core.bare`; nil when it is not set.
  private(set) var isBare: Bool?
  /// `core.worktree`; nil when it is not set.
  private(set) var workTree: ByteString?
  private var unknown: [String] = []
  private var newer: [String] = []

  /// What a repository without any configuration is.
  init() {}

  /// Reads the format from a repository's configuration. Throws Git's complaints: `.unsupported`
  /// for a version or an extension that is unknown.
  init(_ file: ConfigFile, _ path: FilePath) throws(PandoError) {
    for entry in file.entries {
      try read(entry, path)
    }
    guard version <= Self.versionMax else {
      throw PandoError(
        .unsupported, "Expected git repo version <= \(Self.versionMax), found \(version)")
    }
    if version >= 1, !unknown.isEmpty {
      throw Self.refusal("unknown repository extension", unknown, "found")
    }
    if version == 0, !newer.isEmpty {
      throw Self.refusal("repo version is 0, but v1-only extension", newer, "found")
    }
  }

  private static func refusal(_ what: String, _ names: [String], _ verb: String) -> PandoError {
    PandoError(
      .unsupported,
      "\(what)\(names.count == 1 ? "" : "s") \(verb):" + names.map { "\n\t\($0)" }.joined())
  }

  private mutating func read(_ entry: ConfigFile.Entry, _ path: FilePath) throws(PandoError) {
    func bad() -> PandoError {
      PandoError(
        .invalidInput,
        "bad config value '\(entry.value?.text ?? "")' for '\(entry.name)' in file \(path)")
    }
    switch entry.name.description {
    case "core.repositoryformatversion":
      guard let number = try? ConfigValue.integer(entry.value) else { throw bad() }
      version = number
    case "core.bare":
      guard let value = ConfigValue.bool(entry.value) else { throw bad() }
      isBare = value
    case "core.worktree":
      guard let value = entry.value else { throw bad() }
      workTree = value
    default:
      if entry.name.section == "extensions", entry.name.subsection == nil {
        try readExtension(entry, path)
      }
    }
  }

  private mutating func readExtension(
    _ entry: ConfigFile.Entry, _ path: FilePath
  ) throws(PandoError) {
    let name = entry.name.key.text
    switch name {
    case "noop", "preciousobjects", "partialclone": break
    case "worktreeconfig": usesWorktreeConfig = ConfigValue.bool(entry.value) ?? false
    case "objectformat":
      newer.append(name)
      guard let algorithm = HashAlgorithm(name: entry.value?.text ?? "") else {
        throw PandoError(
          .unsupported,
          "invalid value for 'extensions.objectformat': "
            + "'\(entry.value?.text ?? "")'")
      }
      hashAlgorithm = algorithm
    case "refstorage":
      newer.append(name)
      guard entry.value == "files" else {
        throw PandoError(
          .unsupported, "invalid value for 'extensions.refstorage': '\(entry.value?.text ?? "")'")
      }
    case "noop-v1", "relativeworktrees": newer.append(name)
    default: unknown.append(name)
    }
  }

  /// Reads the format of the repository whose shared directory is `commonDirectory`.
  static func read(
    _ commonDirectory: FilePath, in fileSystem: any FileSystem
  ) throws(PandoError) -> RepositoryFormat {
    let path = commonDirectory / "config"
    let bytes = try PandoError.wrapping("unable to access '\(path)'") { () throws(FileError) in
      try fileSystem.contents(of: path, limit: ConfigFile.bytesMax)
    }
    guard let bytes else { return RepositoryFormat() }
    return try RepositoryFormat(ConfigFile.parse(bytes, of: path), path)
  }
}
