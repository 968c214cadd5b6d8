internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// Where the parts of a repository are, as `rev-parse` tells.
struct RepositoryPlaces {
  private let context: CommandContext
  private let format: RevisionPrinter.PathFormat

  init(_ context: CommandContext, format: RevisionPrinter.PathFormat) {
    self.context = context
    self.format = format
  }

  /// The variables that belong to one repository, in git's order.
  static let localVariables = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX", "GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR",
  ]

  private func layout() throws -> RepositoryLayout {
    guard let layout = try context.repository().layout else {
      throw CommandFailure.fatal("the repository is not on a disk")
    }
    return layout
  }

  private var here: FilePath { context.currentDirectory }

  private func isInside(_ directory: FilePath?) -> Bool {
    directory.map { here.relative(to: $0) != nil } ?? false
  }

  /// The answer to an option; nil for an option that asks for something else, an inner nil for an
  /// answer that is no line at all.
  func answer(_ option: String) throws -> String?? {
    switch option {
    case "--git-dir": return try gitDirectory() + "\n"
    case "--absolute-git-dir": return try layout().gitDirectory.string + "\n"
    case "--git-common-dir":
      return try shown(layout().commonDirectory) + "\n"
    case "--is-inside-git-dir": return try isInside(layout().gitDirectory) ? "true\n" : "false\n"
    case "--is-inside-work-tree":
      let layout = try layout()
      return isInside(layout.workTree) && !isInside(layout.gitDirectory) ? "true\n" : "false\n"
    case "--is-bare-repository": return try layout().isBare ? "true\n" : "false\n"
    case "--is-shallow-repository":
      let path = try layout().commonDirectory / "shallow"
      return try context.fileSystem.exists(path) ? "true\n" : "false\n"
    case "--show-toplevel":
      guard let tree = try workTreeHere() else {
        throw CommandFailure.fatal("this operation must be run in a work tree")
      }
      return (format == .relative ? relative(tree) : tree.string) + "\n"
    case "--show-superproject-working-tree": return .some(nil)
    case "--show-prefix":
      let prefix = try workTreeHere() == nil ? nil : context.prefix()
      return String(decoding: prefix ?? [], as: UTF8.self) + "\n"
    case "--show-cdup":
      guard try workTreeHere() != nil else {
        let tree = try layout().workTree
        return .some(tree.map { $0.string + "\n" })
      }
      let depth = (try context.prefix() ?? []).count { $0 == UInt8(ascii: "/") }
      return String(repeating: "../", count: depth) + "\n"
    case "--shared-index-path": return .some(nil)
    default: return nil
    }
  }

  /// The work tree when the current directory is in it and not in the Git directory.
  private func workTreeHere() throws -> FilePath? {
    let layout = try layout()
    guard isInside(layout.workTree), !isInside(layout.gitDirectory) || layout.isBare else {
      return nil
    }
    return layout.workTree
  }

  private func gitDirectory() throws -> String {
    let directory = try layout().gitDirectory
    switch format {
    case .absolute: return directory.string
    case .relative: return relative(directory)
    case .usual: break
    }
    if let given = context.environment["GIT_DIR"] { return given }
    if directory == here { return "." }
    if let tree = try layout().workTree, here == tree, directory.parent == tree {
      return directory.lastComponent
    }
    return directory.string
  }

  /// A path of the Git directory as it is usually shown: below what `GIT_DIR` says, seen from here
  /// in a work tree, whole from inside of the Git directory.
  private func shown(_ path: FilePath) throws -> String {
    switch format {
    case .absolute: return path.string
    case .relative: return relative(path)
    case .usual: break
    }
    let directory = try layout().gitDirectory
    if let given = context.environment["GIT_DIR"], let rest = path.relative(to: directory) {
      return rest == "." ? given : (FilePath(given) / rest.string).string
    }
    if here == directory { return path == here ? "." : relative(path) }
    return isInside(directory) ? path.string : relative(path)
  }

  /// The way from here to a path.
  private func relative(_ path: FilePath) -> String {
    let (there, start) = (path.components, here.components)
    let shared = zip(there, start).prefix { $0 == $1 }.count
    let up = repeatElement("..", count: start.count - shared)
    let down = there[shared...].map { String(decoding: $0, as: UTF8.self) }
    let way = (up + down).joined(separator: "/")
    if way.isEmpty { return "./" }
    return there.count == shared ? way + "/" : way
  }

  /// Where a file of the Git directory is: in the directory that worktrees share, or in this one's.
  func gitPath(_ name: String) throws -> String {
    let layout = try layout()
    let environment = context.environment
    if name == "index", let path = environment["GIT_INDEX_FILE"] { return path }
    if name == "info/grafts", let path = environment["GIT_GRAFT_FILE"] { return path }
    if name == "objects" || name.hasPrefix("objects/"),
      let path = environment["GIT_OBJECT_DIRECTORY"]
    {
      return path + name.dropFirst("objects".count)
    }
    let isShared = layout.isLinkedWorktree && Self.isShared(name)
    let path = (isShared ? layout.commonDirectory : layout.gitDirectory) / name
    return try shown(path)
  }

  private static func isShared(_ name: String) -> Bool {
    let own = [
      "info/sparse-checkout", "logs/HEAD", "refs/bisect", "refs/worktree", "refs/rewritten",
    ]
    if own.contains(where: { name == $0 || name.hasPrefix($0 + "/") }) { return false }
    let shared = [
      "branches", "common", "config", "gc.pid", "hooks", "info", "logs", "lost-found", "objects",
      "packed-refs", "refs", "remotes", "rr-cache", "shallow", "svn", "worktrees",
    ]
    return shared.contains { name == $0 || name.hasPrefix($0 + "/") }
  }

  func resolvedGitDirectory(_ name: String) throws -> String {
    do {
      let repository = try Repository.open(
        at: context.path(Array(name.utf8)), in: context.fileSystem,
        options: context.repositoryOptions)
      let path = context.path(Array(name.utf8))
      if repository.gitDirectory == path.normalized { return name }
      guard path.lastComponent == ".git", let directory = repository.gitDirectory else {
        throw CommandFailure.fatal("not a gitdir '\(name)'")
      }
      return directory.string
    } catch is PandoError {
      throw CommandFailure.fatal("not a gitdir '\(name)'")
    }
  }
}
