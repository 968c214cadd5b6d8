internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Finds the repository that a directory is in.
///
/// Source: git(1), "ENVIRONMENT VARIABLES": `GIT_DIR` names it; else the directory and those above
/// it are looked at, up to a ceiling (`GIT_CEILING_DIRECTORIES`) or the edge of the disk
/// (`GIT_DISCOVERY_ACROSS_FILESYSTEM`). A repository found by looking must belong to the user, or
/// be named by `safe.directory`.
public struct RepositoryLocator: Sendable {
  /// A repository's places and format.
  struct Location: Sendable {
    let layout: RepositoryLayout
    let format: RepositoryFormat
  }

  private let fileSystem: any FileSystem
  private let options: Repository.Options

  private var environment: ProcessEnvironment { options.environment }

  /// Makes a locator for an environment.
  public init(in fileSystem: any FileSystem, options: Repository.Options) {
    self.fileSystem = fileSystem
    self.options = options
  }

  /// Where the repository is that `directory` is in. Throws `.notFound` when it is in none and
  /// `.permissionDenied` when it is another user's.
  public func layout(from directory: FilePath) throws(PandoError) -> RepositoryLayout {
    try locate(from: directory).layout
  }

  // MARK: By name

  /// The repository at exactly that path; nil when there is none.
  func location(at path: FilePath) throws(PandoError) -> Location? {
    let path = absolute(path)
    let dotGit = path / ".git"
    if let gitDirectory = try pointedDirectory(dotGit) {
      return try location(gitDirectory, workTree: path)
    }
    if let kind = try kind(of: path), kind != .directory {
      return try location(RepositoryLayout.readPointer(path, in: fileSystem), workTree: nil)
    }
    return try isGitDirectory(path) ? location(path, workTree: nil) : nil
  }

  /// What `GIT_DIR` names.
  private func explicit(_ name: String, from directory: FilePath) throws(PandoError) -> Location {
    var path = absolute(FilePath(name).resolved(against: directory))
    if let kind = try kind(of: path), kind != .directory {
      path = try RepositoryLayout.readPointer(path, in: fileSystem)
    }
    guard try isGitDirectory(path) else {
      throw PandoError(.notFound, "not a git repository: '\(name)'")
    }
    return try location(path, workTree: directory)
  }

  // MARK: By looking

  func locate(from directory: FilePath) throws(PandoError) -> Location {
    let directory = absolute(directory)
    if let name = environment["GIT_DIR"] { return try explicit(name, from: directory) }
    let ceiling = try ceiling(above: directory)
    let crosses =
      environment["GIT_DISCOVERY_ACROSS_FILESYSTEM"].flatMap { ConfigValue.bool(ByteString($0)) }
      ?? false
    let device = try status(of: directory)?.device
    var current = directory
    while true {
      let dotGit = current / ".git"
      if let gitDirectory = try pointedDirectory(dotGit) {
        try checkOwner([dotGit, current, gitDirectory], shown: current)
        return try location(gitDirectory, workTree: current)
      }
      if try isGitDirectory(current) {
        try checkOwner([current], shown: current)
        try checkBare(current)
        return try location(current, workTree: nil)
      }
      let parent = current.parent
      guard parent != current, parent != ceiling else {
        throw PandoError(
          .notFound, "not a git repository (or any of the parent directories): .git")
      }
      if !crosses, try status(of: parent)?.device != device {
        throw PandoError(
          .notFound,
          "not a git repository (or any parent up to mount point \(current))\nStopping at "
            + "filesystem boundary (GIT_DISCOVERY_ACROSS_FILESYSTEM not set).")
      }
      current = parent
    }
  }

  /// The Git directory that a `.git` is, or leads to; nil when it is none.
  private func pointedDirectory(_ dotGit: FilePath) throws(PandoError) -> FilePath? {
    switch try kind(of: dotGit) {
    case .directory: try isGitDirectory(dotGit) ? dotGit : nil
    case .file: try RepositoryLayout.readPointer(dotGit, in: fileSystem)
    default: nil
    }
  }

  /// The deepest of `GIT_CEILING_DIRECTORIES` that is above a directory.
  private func ceiling(above directory: FilePath) throws(PandoError) -> FilePath? {
    var resolves = true
    var deepest: FilePath?
    let names = environment["GIT_CEILING_DIRECTORIES"] ?? ""
    for name in names.split(separator: ":", omittingEmptySubsequences: false) {
      // An empty name says that those after it have no symbolic links to look for.
      if name.isEmpty { resolves = false }
      var path = FilePath(String(name))
      guard path.isAbsolute else { continue }
      path = resolves ? try realPath(path) : path.normalized
      guard path != directory, directory.relative(to: path) != nil else { continue }
      if path.components.count > deepest?.components.count ?? -1 { deepest = path }
    }
    return deepest
  }

  // MARK: Trust

  private func checkOwner(_ paths: [FilePath], shown: FilePath) throws(PandoError) {
    var isForeign = false
    for path in paths {
      guard let owner = try status(of: path, followingLinks: false)?.owner else { continue }
      let isRootForUser =
        environment.userID == 0 && environment["SUDO_UID"].flatMap { UInt32($0) } == owner
      if owner != environment.userID, !isRootForUser { isForeign = true }
    }
    if !isForeign { return }
    var isSafe = false
    // Only settings that the repository's owner cannot have written count.
    for entry in try outerConfiguration().all("safe.directory") {
      switch entry.value?.text ?? "" {
      case "": isSafe = false
      case "*": isSafe = true
      default:
        let path = try ConfigValue.path(entry.value ?? "", home: environment.homeDirectory)
        if path.normalized == shown { isSafe = true }
      }
    }
    if isSafe { return }
    throw PandoError(
      .permissionDenied,
      "detected dubious ownership in repository at '\(shown)'\n"
        + "To add an exception for this directory, call:\n\n"
        + "\tgit config --global --add safe.directory \(Self.quoted(shown.string))")
  }

  private func checkBare(_ path: FilePath) throws(PandoError) {
    let policy = try outerConfiguration().string("safe.bareRepository")
    // Inside the `.git` of a repository with a worktree there is nothing to fear.
    if policy == "explicit", path.lastComponent != ".git" {
      throw PandoError(
        .permissionDenied,
        "cannot use bare repository '\(path)' (safe.bareRepository is 'explicit')")
    }
  }

  private func outerConfiguration() throws(PandoError) -> Configuration {
    try ConfigurationLoader(
      in: fileSystem, environment: environment, parameters: options.parameters
    ).load()
  }

  /// `text` as a shell takes it for one word.
  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy {
      ConfigName.isKeyByte($0) || "/._+,:=@%".utf8.contains($0)
    }
    return plain
      ? text
      : "'"
        + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }

  // MARK: Layout

  private func location(
    _ gitDirectory: FilePath, workTree: FilePath?
  ) throws(PandoError) -> Location {
    var common = try RepositoryLayout.commonDirectory(of: gitDirectory, in: fileSystem)
    if let name = environment["GIT_COMMON_DIR"] { common = absolute(FilePath(name)) }
    let format = try RepositoryFormat.read(common, in: fileSystem)
    // What the shared settings say of bareness and worktree does not hold for linked worktrees.
    let isLinked = common != gitDirectory
    let isBare = isLinked ? false : format.isBare ?? (workTree == nil)
    var tree = isBare ? nil : workTree
    if !isLinked, let name = format.workTree {
      tree = absolute(FilePath(bytes: name.bytes).resolved(against: gitDirectory))
    }
    if let name = environment["GIT_WORK_TREE"], !name.isEmpty { tree = absolute(FilePath(name)) }
    let objects = environment["GIT_OBJECT_DIRECTORY"].map { absolute(FilePath($0)) }
    return Location(
      layout: RepositoryLayout(
        gitDirectory: gitDirectory, commonDirectory: common, objectsDirectory: objects,
        workTree: tree, isBare: isBare && tree == nil),
      format: format)
  }

  private func isGitDirectory(_ path: FilePath) throws(PandoError) -> Bool {
    try RepositoryLayout.isGitDirectory(
      path, objects: environment["GIT_OBJECT_DIRECTORY"].map { absolute(FilePath($0)) },
      in: fileSystem)
  }

  private func absolute(_ path: FilePath) -> FilePath {
    path.resolved(against: environment.currentDirectory).normalized
  }

  private func realPath(_ path: FilePath) throws(PandoError) -> FilePath {
    try PandoError.wrapping("cannot resolve \(path)") { () throws(FileError) in
      try fileSystem.realPath(of: path, from: environment.currentDirectory)
    }
  }

  private func kind(of path: FilePath) throws(PandoError) -> FileStatus.Kind? {
    try status(of: path)?.kind
  }

  private func status(
    of path: FilePath, followingLinks: Bool = true
  ) throws(PandoError) -> FileStatus? {
    do throws(FileError) {
      return try fileSystem.status(of: path, followingLinks: followingLinks)
    } catch  where error.isPermission {
      return nil
    } catch {
      throw .file("cannot read \(path)", error)
    }
  }
}
