internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// What fields of references need to know of a repository on a disk.
final class DiskDetails: RepositoryDetails {
  private let repository: Repository
  private let fileSystem: any FileSystem
  /// The packs' entries by place, made when sizes on disk or bases are first asked for.
  private var orders: [ObjectIdentifier: PackOrder] = [:]

  init(_ context: CommandContext) throws {
    repository = try context.repository()
    fileSystem = context.fileSystem
  }

  func diskSize(of id: ObjectID) throws(PandoError) -> Int { try placement(of: id).size }

  func deltaBase(of id: ObjectID) throws(PandoError) -> ObjectID {
    try placement(of: id).base ?? .null(repository.hashAlgorithm)
  }

  private func placement(of id: ObjectID) throws(PandoError) -> PackOrder.Placement {
    guard let database = repository.objects as? ObjectDatabase else {
      throw PandoError(.unsupported, "the repository's objects are not on a disk")
    }
    if let (pack, offset) = try database.packedLocation(of: id) {
      let order: PackOrder
      if let known = orders[ObjectIdentifier(pack)] {
        order = known
      } else {
        order = try PackOrder(pack)
        orders[ObjectIdentifier(pack)] = order
      }
      if let placement = try order.placement(atOffset: offset) { return placement }
    }
    return PackOrder.Placement(size: try database.looseSize(of: id) ?? 0, base: nil)
  }

  func isPacked(_ name: ByteString) throws(PandoError) -> Bool {
    guard let layout = repository.layout else { return false }
    for directory in [layout.gitDirectory, layout.commonDirectory] {
      let path = directory.appending(bytes: name.bytes)
      do throws(FileError) {
        if try fileSystem.status(of: path, followingLinks: false)?.kind == .file { return false }
      } catch {
        return false
      }
    }
    return true
  }

  func worktrees() throws(PandoError) -> [ByteString: [UInt8]] {
    guard let layout = repository.layout else { return [:] }
    var found: [ByteString: [UInt8]] = [:]
    for tree in try Worktree.all(layout, in: fileSystem) {
      if let branch = tree.branch { found[branch] = found[branch] ?? tree.path.bytes }
    }
    return found
  }
}

/// A worktree of a repository, as far as branches are concerned.
struct Worktree {
  /// Where its files are; the Git directory when there are none.
  let path: FilePath
  /// What its `HEAD` leads to; nil when that is no branch.
  let branch: ByteString?
  /// Whether it is a bare repository's stand-in.
  let isBare: Bool

  private static let pointerBytesMax = 4096

  /// The main worktree and the linked ones. Source: gitrepository-layout, "worktrees".
  static func all(
    _ layout: RepositoryLayout, in fileSystem: any FileSystem
  ) throws(PandoError) -> [Worktree] {
    let common = layout.commonDirectory
    var main = common
    if common.lastComponent == ".git" { main = common.parent }
    var trees = [
      Worktree(
        path: main, branch: head(of: common, in: fileSystem),
        isBare: layout.isBare && !layout.isLinkedWorktree)
    ]
    let entries: [DirectoryEntry]?
    do throws(FileError) { entries = try fileSystem.list(common / "worktrees") } catch {
      throw PandoError(
        .unreadable, "cannot list \(common / "worktrees")", cause: error)
    }
    for entry in (entries ?? []).sorted(by: { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
    ) {
      let directory = (common / "worktrees").appending(bytes: entry.nameBytes)
      guard let pointer = line(of: directory / "gitdir", in: fileSystem) else { continue }
      trees.append(
        Worktree(
          path: FilePath(bytes: pointer).parent, branch: head(of: directory, in: fileSystem),
          isBare: false))
    }
    return trees
  }

  private static func line(of path: FilePath, in fileSystem: any FileSystem) -> [UInt8]? {
    guard let bytes = try? fileSystem.contents(of: path, limit: pointerBytesMax) else { return nil }
    return Array(bytes.prefix { $0 != 10 })
  }

  private static func head(of directory: FilePath, in fileSystem: any FileSystem) -> ByteString? {
    guard let line = line(of: directory / "HEAD", in: fileSystem), line.starts(with: "ref:".utf8)
    else { return nil }
    return ByteString(Array(line.dropFirst(4).drop { $0 == 32 || $0 == 9 }))
  }
}
