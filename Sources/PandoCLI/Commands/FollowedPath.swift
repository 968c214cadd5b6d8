internal import PandoBytes
internal import PandoObjects

/// A path below a tree, symbolic links inside of the tree followed: `cat-file --follow-symlinks`.
///
/// Source: git-cat-file, and git's own answers.
struct FollowedPath {
  /// Where a path leads.
  enum End: Hashable {
    /// To an object.
    case object(ObjectID)
    /// By a link to this path outside of the tree.
    case outside([UInt8])
    /// Nowhere.
    case missing
    /// By a link to nowhere.
    case dangling
    /// Through more links than are followed.
    case loop
    /// Through something that is no directory.
    case notDirectory
  }

  /// How many links are followed: git's number.
  static let linksMax = 40
  /// The longest path that links may grow to; each link of a hostile tree could double it.
  private static let pathBytesMax = 1 << 20

  private let objects: any ObjectReader
  /// The directories on the way, the root first.
  private var parents: [(id: ObjectID, tree: Tree)]
  private var path: [UInt8]
  private var linksLeft = linksMax
  /// What absence means: after a link it is the link that dangles.
  private var absence = End.missing

  /// Where `path` leads below the tree of that name.
  static func end(
    of path: [UInt8], in root: ObjectID, _ objects: any ObjectReader
  ) throws -> End {
    var walk = FollowedPath(objects: objects, parents: [], path: path)
    try walk.enter(root)
    while true {
      if let end = try walk.step() { return end }
    }
  }

  private mutating func enter(_ id: ObjectID) throws {
    guard parents.count < Limits.treeDepth else {
      throw PandoError(
        .limitExceeded, "tree \(id) is deeper than \(Limits.treeDepth) directories")
    }
    parents.append((id, try objects.tree(id)))
  }

  /// Takes one name off the path; the end when it is reached.
  private mutating func step() throws -> End? {
    let slash = UInt8(ascii: "/")
    path = Array(path.drop { $0 == slash })
    guard let here = parents.last else { return absence }
    if path.isEmpty { return .object(here.id) }
    let name = path.prefix { $0 != slash }
    let rest = path.dropFirst(name.count)
    if name.elementsEqual("..".utf8) {
      if parents.count == 1 { return .outside(path) }
      parents.removeLast()
      path = Array(rest)
      return nil
    }
    guard let entry = here.tree[ByteString(Array(name))] else { return absence }
    if entry.mode.isDirectory {
      if rest.isEmpty { return .object(entry.id) }
      try enter(entry.id)
      path = Array(rest)
      return nil
    }
    if entry.mode.isSymbolicLink { return try follow(entry.id, rest) }
    if entry.mode.isSubmodule { return absence }
    return rest.isEmpty ? .object(entry.id) : .notDirectory
  }

  /// Puts a link's target in place of its name.
  private mutating func follow(_ id: ObjectID, _ rest: ArraySlice<UInt8>) throws -> End? {
    if linksLeft == 0 { return .loop }
    linksLeft -= 1
    absence = .dangling
    guard let target = try objects.read(id)?.body else { return absence }
    if target.first == UInt8(ascii: "/") { return .outside(target) }
    guard target.count + rest.count <= Self.pathBytesMax else { return .loop }
    path = target + rest
    return nil
  }
}
