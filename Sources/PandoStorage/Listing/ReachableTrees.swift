internal import PandoBytes
package import PandoObjects

/// Walks trees, each once, and gives what was not met before in the order in which Git lists it:
/// the entries of a tree, what is below a directory before the entries behind it.
///
/// Nothing recurses; memory is that of the trees on the way down and of those that are kept.
package struct ReachableTrees {
  /// An object that was not met before.
  package struct Entry {
    /// Its name.
    package let id: ObjectID
    /// A tree or a blob.
    package let kind: ObjectKind
    /// Its number in `met`.
    package let number: Int
    /// Whether what is below it follows: of a tree that is neither missing nor a boundary.
    package let isFollowed: Bool
  }

  /// What is wanted of a path.
  package enum Wanted {
    /// Nothing.
    case none
    /// What is below it is asked for again.
    case below
    /// It and all below it.
    case all
  }

  private struct Level {
    let number: Int
    let pathCount: Int
    let isAllWanted: Bool
    /// A tree that is read here.
    var scan: Scan?
    /// Of a tree that is known: which entries, of `list` or else of the changes.
    var rest = 0..<0
    var list: [TreeChanges.Entry]?
  }

  private struct Scan {
    let reading: WalkedTrees.Reading
    var entries: FreshEntries
  }

  private let objects: any ObjectReader
  private let emptyTree: ObjectID
  private var trees = WalkedTrees()
  private var changes: TreeChanges?
  private var levels: [Level] = []
  /// The root that was read last: the next one is like it.
  private var lastRoot: KnownTree?

  /// What was met. What somebody adds is not given.
  package var met: ObjectSet
  /// The path of the entry that was given last.
  package private(set) var path: [UInt8] = []
  /// Whether paths are told.
  package var tellsPaths = true
  /// What is wanted of paths, when that is not all.
  package var filter: (@Sendable (_ path: [UInt8], _ isDirectory: Bool) -> Wanted)?
  /// Trees that are not followed.
  package var isBoundary: (@Sendable (ObjectID) -> Bool)?
  /// Whether trees that are missing are not followed; otherwise they are an error.
  package var toleratesMissing = false

  /// Starts with nothing met.
  package init(_ objects: any ObjectReader) {
    self.objects = objects
    emptyTree = Tree.emptyID(objects.hashAlgorithm)
    met = ObjectSet(objects)
  }

  /// Gets ready for that many roots: when they lead to most trees of a large pack, all of those are
  /// read at once.
  package mutating func prepare(rootCount: Int) {
    guard changes == nil, let (pack, index) = met.mainPack(rootCount: rootCount) else { return }
    changes = TreeChanges(pack, index)
  }

  /// Begins with a tree that has just been put among `met`; returns whether it is followed.
  ///
  /// - Parameters:
  ///   - path: what the paths of its entries begin with.
  ///   - similar: a tree that may be like it.
  package mutating func begin(
    _ root: ObjectID, _ number: Int, path: [UInt8] = [], similar: ObjectID? = nil
  ) throws(PandoError) -> Bool {
    self.path = path
    return try enter(root, number, isAllWanted: filter == nil) { walk in
      similar.flatMap { walk.known($0) } ?? walk.lastRoot
    }
  }

  /// The next object below the tree begun with; nil when there is no more.
  package mutating func next() throws(PandoError) -> Entry? {
    while !levels.isEmpty {
      let depth = levels.count - 1
      let isRead = levels[depth].scan != nil
      if let entry = try isRead ? nextRead(depth) : nextKnown(depth) { return entry }
      leave(levels.removeLast())
    }
    return nil
  }

  /// Meets a tree and all below it. What is missing is left out.
  package mutating func exclude(_ root: ObjectID) throws(PandoError) {
    let (number, isNew) = met.insert(root)
    let given = toleratesMissing
    defer { toleratesMissing = given }
    toleratesMissing = true
    guard isNew, try begin(root, number) else { return }
    while try next() != nil {}
  }

  // MARK: Levels

  private mutating func enter(
    _ id: ObjectID, _ number: Int, isAllWanted: Bool, reference: (Self) -> KnownTree?
  ) throws(PandoError) -> Bool {
    if isBoundary?(id) == true { return false }
    var level = Level(number: number, pathCount: path.count, isAllWanted: isAllWanted)
    switch isAllWanted ? changes?.rest(of: number) : nil {
    case .changes(let range): level.rest = range
    case .all(let list): (level.list, level.rest) = (list, list.indices)
    case nil:
      guard let reading = try read(id, number) else { return false }
      do throws(ParseError) {
        let entries = try FreshEntries(
          reading.body, algorithm: objects.hashAlgorithm,
          reference: isAllWanted ? reference(self) : nil)
        level.scan = Scan(reading: reading, entries: entries)
      } catch {
        throw PandoError(.corrupt, "bad tree object \(id)")
      }
    }
    levels.append(level)
    return true
  }

  /// Keeps a tree, all of whose entries have been met if all were wanted.
  private mutating func leave(_ level: Level) {
    if level.isAllWanted { changes?.noteWalked(level.number) }
    guard let scan = level.scan else { return }
    var tree = scan.entries.known
    if !level.isAllWanted { tree = KnownTree(body: tree.body, starts: []) }
    trees.keep(tree, scan.reading.key, depth: scan.reading.depth)
    if levels.isEmpty, level.isAllWanted { lastRoot = tree }
  }

  private mutating func read(
    _ id: ObjectID, _ number: Int
  ) throws(PandoError) -> WalkedTrees.Reading? {
    // The empty tree need not be there.
    if id == emptyTree { return WalkedTrees.Reading(number) }
    do throws(PandoError) {
      if let reading = try trees.read(id, number, in: met, objects) { return reading }
    } catch {
      throw PandoError(error.code, "bad tree object \(id)")
    }
    if toleratesMissing { return nil }
    throw PandoError(.notFound, "bad tree object \(id)")
  }

  private func known(_ id: ObjectID) -> KnownTree? {
    met.number(of: id).flatMap { trees.known($0, in: met) }
  }

  // MARK: Entries

  private mutating func nextKnown(_ depth: Int) throws(PandoError) -> Entry? {
    while let place = levels[depth].rest.first, let changes {
      levels[depth].rest.removeFirst()
      let entry = levels[depth].list?[place] ?? changes.entries[place]
      let number = Int(entry.number)
      guard entry.number != TreeRows.submodule, met.insert(number: number) else { continue }
      if tellsPaths {
        beginPath(depth)
        changes.names.append(entry.namePlace, to: &path)
      }
      let id = met.id(of: number)
      guard entry.isDirectory else {
        return Entry(id: id, kind: .blob, number: number, isFollowed: false)
      }
      let isFollowed = try enter(id, number, isAllWanted: true) { _ in nil }
      return Entry(id: id, kind: .tree, number: number, isFollowed: isFollowed)
    }
    return nil
  }

  private mutating func nextRead(_ depth: Int) throws(PandoError) -> Entry? {
    while let entry = try nextScanned(depth) {
      if entry.mode.isSubmodule { continue }
      var isAllWanted = levels[depth].isAllWanted
      if !isAllWanted {
        setPath(depth, entry.name)
        switch filter?(path, entry.mode.isDirectory) ?? .all {
        case .none: continue
        case .below: break
        case .all: isAllWanted = true
        }
      }
      // Most entries were met in an earlier tree: no path is made for those.
      let (number, isNew) = met.insert(entry.id)
      guard isNew else { continue }
      if tellsPaths, levels[depth].isAllWanted { setPath(depth, entry.name) }
      guard entry.mode.isDirectory else {
        return Entry(id: entry.id, kind: .blob, number: number, isFollowed: false)
      }
      let isFollowed = try enter(entry.id, number, isAllWanted: isAllWanted) { walk in
        entry.counterpart.flatMap { walk.known($0) }
      }
      return Entry(id: entry.id, kind: .tree, number: number, isFollowed: isFollowed)
    }
    return nil
  }

  private mutating func nextScanned(_ depth: Int) throws(PandoError) -> FreshEntries.Entry? {
    do { return try levels[depth].scan?.entries.next() } catch {
      throw .corrupt("tree", error)
    }
  }

  // MARK: Paths

  /// Goes back to the path of a tree, ready for a name.
  private mutating func beginPath(_ depth: Int) {
    path.removeLast(path.count - levels[depth].pathCount)
    if !path.isEmpty { path.append(UInt8(ascii: "/")) }
  }

  private mutating func setPath(_ depth: Int, _ name: Range<Int>) {
    guard let body = levels[depth].scan?.reading.body else { return }
    beginPath(depth)
    path.append(copying: body.span.extracting(name))
  }
}
