internal import PandoBytes
public import PandoFiles
internal import PandoObjects

/// Where the parts of a repository are. Source: gitrepository-layout.
public struct RepositoryLayout: Hashable, Sendable {
  /// The Git directory of this worktree.
  public let gitDirectory: FilePath
  /// The directory that all worktrees share; the Git directory itself unless this is a linked one.
  public let commonDirectory: FilePath
  /// Where objects are.
  public let objectsDirectory: FilePath
  /// Where files are checked out; nil in a bare repository, and inside a Git directory.
  public let workTree: FilePath?
  /// Whether the repository is made to have no worktree.
  public let isBare: Bool

  /// Makes a layout from its parts.
  public init(
    gitDirectory: FilePath, commonDirectory: FilePath? = nil, objectsDirectory: FilePath? = nil,
    workTree: FilePath?, isBare: Bool
  ) {
    let common = commonDirectory ?? gitDirectory
    self.gitDirectory = gitDirectory
    self.commonDirectory = common
    self.objectsDirectory = objectsDirectory ?? common / "objects"
    self.workTree = workTree
    self.isBare = isBare
  }

  /// Whether this is a linked worktree.
  public var isLinkedWorktree: Bool { gitDirectory != commonDirectory }
  /// The repository's configuration.
  public var configFile: FilePath { commonDirectory / "config" }
  /// This worktree's configuration, read only with `extensions.worktreeConfig`.
  public var worktreeConfigFile: FilePath { gitDirectory / "config.worktree" }
  /// This worktree's index.
  public var indexFile: FilePath { gitDirectory / "index" }
}

// MARK: Recognising

extension RepositoryLayout {
  /// The largest `.git` or `commondir` file that is read.
  static let pointerBytesMax = 1 << 20

  /// The directory that worktrees share, as the file `commondir` says.
  static func commonDirectory(
    of gitDirectory: FilePath, in fileSystem: any FileSystem
  ) throws(PandoError) -> FilePath {
    let path = gitDirectory / "commondir"
    let bytes = try PandoError.wrapping("failed to read \(path)") { () throws(FileError) in
      try fileSystem.contents(of: path, limit: pointerBytesMax)
    }
    guard let bytes else { return gitDirectory }
    let name = Array(bytes[...].trimmingSpace())
    return FilePath(bytes: name).resolved(against: gitDirectory).normalized
  }

  /// Whether a directory has what makes it a Git directory: a `HEAD` that means something,
  /// `objects` and `refs`.
  static func isGitDirectory(
    _ path: FilePath, objects: FilePath? = nil, in fileSystem: any FileSystem
  ) throws(PandoError) -> Bool {
    guard try hasHead(path, in: fileSystem) else { return false }
    let common = try commonDirectory(of: path, in: fileSystem)
    return try PandoError.wrapping("cannot read \(common)") { () throws(FileError) in
      guard try fileSystem.isDirectory(objects ?? common / "objects") else { return false }
      return try fileSystem.isDirectory(common / "refs")
    }
  }

  private static func hasHead(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(PandoError) -> Bool {
    let head = path / "HEAD"
    let bytes: [UInt8]?
    do throws(FileError) {
      if let target = try fileSystem.readLink(head) {
        return target.bytes.starts(with: "refs/".utf8)
      }
      bytes = try fileSystem.contents(of: head, limit: LooseReference.bytesMax)
    } catch  where error.isDirectory || error.isPermission || error.isTooLarge {
      return false
    } catch {
      throw .file("cannot read \(head)", error)
    }
    guard let bytes else { return false }
    if bytes.starts(with: "ref:".utf8) {
      return bytes.dropFirst(4).trimmingSpace().starts(with: "refs/".utf8)
    }
    return (try? LooseReference.parse(bytes, algorithm: .sha256)) != nil
      || (try? LooseReference.parse(bytes, algorithm: .sha1)) != nil
  }

  /// The Git directory that a `.git` file names. Throws Git's complaints.
  static func readPointer(
    _ path: FilePath, in fileSystem: any FileSystem
  ) throws(PandoError) -> FilePath {
    let bytes = try PandoError.wrapping("error reading \(path)") { () throws(FileError) in
      try fileSystem.contents(of: path, limit: pointerBytesMax)
    }
    guard let bytes else { throw PandoError(.notFound, "error opening '\(path)'") }
    guard bytes.starts(with: "gitdir: ".utf8) else {
      throw PandoError(.corrupt, "invalid gitfile format: \(path)")
    }
    var name = bytes.dropFirst(8)
    while name.last == 10 || name.last == 13 { name.removeLast() }
    guard !name.isEmpty else { throw PandoError(.corrupt, "no path in gitfile: \(path)") }
    let directory = FilePath(bytes: Array(name)).resolved(against: path.parent).normalized
    guard try isGitDirectory(directory, in: fileSystem) else {
      throw PandoError(.notFound, "not a git repository: \(directory)")
    }
    return directory
  }
}
