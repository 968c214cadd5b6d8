internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Reads all files and variables that make a ``Configuration``.
///
/// Source: git-config, "FILES", "ENVIRONMENT" and "Includes". `includeIf` knows `gitdir`,
/// `gitdir/i` and `onbranch`; `hasconfig` never holds.
public struct ConfigurationLoader: Sendable {
  /// A value given by the caller, as by `git -c name=value`; nil stands for a bare name.
  public struct Parameter: Sendable, Hashable {
    /// The name as typed.
    public var name: String
    /// The value.
    public var value: String?

    /// Makes a parameter.
    public init(_ name: String, _ value: String?) {
      self.name = name
      self.value = value
    }
  }

  /// Includes inside includes.
  static let depthMax = 10

  let fileSystem: any FileSystem
  let environment: ProcessEnvironment
  /// What the caller adds; it counts before everything else.
  public var parameters: [Parameter]
  /// The repository, for conditions; nil outside of one.
  var gitDirectory: FilePath?
  /// Whether `include` and `includeIf` are followed.
  public var followsIncludes = true
  private var entries: [Configuration.Entry] = []

  /// Makes a loader.
  public init(
    in fileSystem: any FileSystem, environment: ProcessEnvironment, parameters: [Parameter] = [],
    gitDirectory: FilePath? = nil
  ) {
    self.fileSystem = fileSystem
    self.environment = environment
    self.parameters = parameters
    self.gitDirectory = gitDirectory
  }

  // MARK: Places

  /// The file for the whole machine; nil when the environment turns it off.
  public var systemFile: FilePath? {
    if let flag = environment["GIT_CONFIG_NOSYSTEM"],
      ConfigValue.bool(ByteString(flag)) != false
    {
      return nil
    }
    return FilePath(environment["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig")
  }

  /// The files of the user, the less special first.
  public var globalFiles: [FilePath] {
    if let only = environment["GIT_CONFIG_GLOBAL"] { return [FilePath(only)] }
    var files: [FilePath] = []
    if let base = environment["XDG_CONFIG_HOME"], !base.isEmpty {
      files.append(FilePath(base) / "git/config")
    } else if let home = environment.homeDirectory {
      files.append(home / ".config/git/config")
    }
    if let home = environment.homeDirectory { files.append(home / ".gitconfig") }
    return files
  }

  // MARK: Loading

  /// Everything that holds outside of repositories.
  public func load() throws(PandoError) -> Configuration {
    try load(local: nil, worktree: nil)
  }

  /// Everything that holds for a repository.
  ///
  /// - Parameters:
  ///   - local: the repository's file.
  ///   - worktree: the file of one worktree, where the repository has such files.
  public func load(local: FilePath?, worktree: FilePath?) throws(PandoError) -> Configuration {
    var loader = self
    if let file = systemFile { try loader.add(file, .system, isOptional: true) }
    for file in globalFiles { try loader.add(file, .global, isOptional: true) }
    if let local { try loader.add(local, .local, isOptional: false) }
    if let worktree { try loader.add(worktree, .worktree, isOptional: false) }
    for parameter in try environmentParameters() + parameters {
      let entry = Configuration.Entry(
        name: try ConfigName(checking: parameter.name),
        value: parameter.value.map { ByteString($0) }, scope: .command)
      loader.entries.append(entry)
      try loader.include(entry, depth: 1)
    }
    return Configuration(loader.entries, homeDirectory: environment.homeDirectory)
  }

  /// One file and what it includes, as `git config --file` reads it; nil when it is absent.
  public func load(
    only file: FilePath, _ scope: Configuration.Scope
  ) throws(PandoError) -> Configuration? {
    var loader = self
    guard try loader.add(file, scope, isOptional: false) else { return nil }
    return Configuration(loader.entries, homeDirectory: environment.homeDirectory)
  }

  /// The values of `GIT_CONFIG_COUNT` and its like.
  private func environmentParameters() throws(PandoError) -> [Parameter] {
    guard let text = environment["GIT_CONFIG_COUNT"], !text.isEmpty else { return [] }
    guard let count = Int(text), count >= 0 else {
      throw PandoError(.invalidInput, "bogus count in GIT_CONFIG_COUNT")
    }
    var found: [Parameter] = []
    for index in 0..<count {
      guard let name = environment["GIT_CONFIG_KEY_\(index)"] else {
        throw PandoError(.invalidInput, "missing config key GIT_CONFIG_KEY_\(index)")
      }
      guard let value = environment["GIT_CONFIG_VALUE_\(index)"] else {
        throw PandoError(.invalidInput, "missing config value GIT_CONFIG_VALUE_\(index)")
      }
      found.append(Parameter(name, value))
    }
    return found
  }

  @discardableResult
  private mutating func add(
    _ path: FilePath, _ scope: Configuration.Scope, isOptional: Bool, depth: Int = 1
  ) throws(PandoError) -> Bool {
    let bytes: [UInt8]?
    do throws(FileError) {
      bytes = try fileSystem.contents(of: path, limit: ConfigFile.bytesMax)
    } catch  where isOptional && error.isPermission {
      // As in Git, a home directory that may not be read has no settings.
      return false
    } catch {
      throw .file("unable to access '\(path)'", error)
    }
    guard let bytes else { return false }
    let file = try ConfigFile.parse(bytes, of: path)
    for entry in file.entries {
      let entry = Configuration.Entry(
        name: entry.name, value: entry.value, scope: scope, file: path, line: entry.line)
      entries.append(entry)
      try include(entry, depth: depth)
    }
    return true
  }

  // MARK: Includes

  /// Reads the file that an entry names, when it is an include and its condition holds.
  private mutating func include(
    _ entry: Configuration.Entry, depth: Int
  ) throws(PandoError) {
    guard followsIncludes, let value = entry.value, entry.name.key == "path" else { return }
    switch (entry.name.section, entry.name.subsection) {
    case ("include", nil): break
    case ("includeif", let condition?):
      guard try holds(condition.text, in: entry.file) else { return }
    default: return
    }
    var path = try ConfigValue.path(value, home: environment.homeDirectory)
    if !path.isAbsolute {
      guard let file = entry.file else {
        throw PandoError(.invalidInput, "relative config includes must come from files")
      }
      path = path.resolved(against: file.parent)
    }
    guard depth <= Self.depthMax else {
      throw PandoError(
        .limitExceeded,
        "exceeded maximum include depth (\(Self.depthMax)) while including\n\t\(path)\nfrom\n\t"
          + "\(entry.file?.string ?? "the command line")\n"
          + "This might be due to circular includes.")
    }
    try add(path, entry.scope, isOptional: false, depth: depth + 1)
  }

  private func holds(_ condition: String, in file: FilePath?) throws(PandoError) -> Bool {
    if condition.hasPrefix("gitdir:") {
      return try isInside(String(condition.dropFirst(7)), file, ignoresCase: false)
    }
    if condition.hasPrefix("gitdir/i:") {
      return try isInside(String(condition.dropFirst(9)), file, ignoresCase: true)
    }
    if condition.hasPrefix("onbranch:") {
      var pattern = String(condition.dropFirst(9))
      if pattern.hasSuffix("/") { pattern += "**" }
      guard let branch = try currentBranch() else { return false }
      return Glob(pattern).matches(Array(branch.utf8))
    }
    return false
  }

  private func isInside(
    _ written: String, _ file: FilePath?, ignoresCase: Bool
  ) throws(PandoError) -> Bool {
    guard let gitDirectory else { return false }
    var pattern = try ConfigValue.path(ByteString(written), home: environment.homeDirectory).string
    if written.hasSuffix("/"), !pattern.hasSuffix("/") { pattern += "/" }
    if pattern.hasPrefix("./") {
      guard let file else {
        throw PandoError(
          .invalidInput, "relative config include conditionals must come from files")
      }
      pattern = try realPath(file.parent).string + String(pattern.dropFirst(1))
    } else if !pattern.hasPrefix("/") {
      pattern = "**/" + pattern
    }
    if pattern.hasSuffix("/") { pattern += "**" }
    let glob = Glob(pattern, ignoresCase: ignoresCase)
    let spelled = gitDirectory.resolved(against: environment.currentDirectory).normalized
    return try glob.matches(realPath(gitDirectory).bytes) || glob.matches(spelled.bytes)
  }

  private func realPath(_ path: FilePath) throws(PandoError) -> FilePath {
    try PandoError.wrapping("cannot resolve \(path)") { () throws(FileError) in
      try fileSystem.realPath(of: path, from: environment.currentDirectory)
    }
  }

  /// The branch that `HEAD` names, when it names one.
  private func currentBranch() throws(PandoError) -> String? {
    guard let gitDirectory else { return nil }
    let paths = ReferencePaths(gitDirectory: gitDirectory, commonDirectory: gitDirectory)
    guard let path = paths.loose(.head) else { return nil }
    let bytes = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try fileSystem.contents(of: path, limit: LooseReference.bytesMax)
    }
    guard let bytes, let target = try? LooseReference.parse(bytes, algorithm: .sha1),
      case .symbolic(let name) = target
    else { return nil }
    return name.branchName
  }
}

extension ConfigFile {
  /// Reads a file; failures are told in Git's words.
  static func parse(_ bytes: [UInt8], of path: FilePath) throws(PandoError) -> ConfigFile {
    do throws(Failure) { return try parse(bytes) } catch {
      throw PandoError(
        .corrupt, "bad config line \(error.line) in file \(path)",
        cause: ParseError("config", error.reason, at: error.offset))
    }
  }
}
