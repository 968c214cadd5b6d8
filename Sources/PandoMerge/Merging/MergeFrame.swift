internal import PandoBytes
internal import PandoObjects

/// A directory that is being merged.
struct MergeFrame {
  let path: TreePath
  let ids: Versions<ObjectID>
  let trees: Versions<Tree>
  /// What the merged directory holds so far.
  var entries: [TreeEntry] = []
  /// The versions of a name whose directories are being merged.
  var pending: Versions<TreeEntry>?
  /// The names that were made for what had to move.
  private var madeNames = Set<ByteString>()
  private var base: NamedEntries
  private var ours: NamedEntries
  private var theirs: NamedEntries

  init(path: TreePath, ids: Versions<ObjectID>, trees: Versions<Tree>) {
    self.path = path
    self.ids = ids
    self.trees = trees
    base = NamedEntries(trees.base)
    ours = NamedEntries(trees.ours)
    theirs = NamedEntries(trees.theirs)
  }

  /// The versions of the next name, in the order of names; nil at the end.
  mutating func next() -> Versions<TreeEntry>? {
    let baseEntry = base.first
    let ourEntry = ours.first
    let theirEntry = theirs.first
    var least = baseEntry?.name
    for entry in [ourEntry, theirEntry] {
      guard let entry else { continue }
      if let name = least, name <= entry.name { continue }
      least = entry.name
    }
    guard let least else { return nil }
    func take(_ entry: TreeEntry?, _ entries: inout NamedEntries) -> TreeEntry? {
      guard let entry, entry.name == least else { return nil }
      entries.removeFirst()
      return entry
    }
    return Versions(
      base: take(baseEntry, &base), ours: take(ourEntry, &ours), theirs: take(theirEntry, &theirs))
  }

  /// A name beside `name` that nothing in the directory has, made of a side's label.
  mutating func madeName(_ name: ByteString, label: ByteString) -> ByteString {
    let slash = UInt8(ascii: "/")
    let flat = label.bytes.map { $0 == slash ? UInt8(ascii: "_") : $0 }
    let wanted = name.bytes + [UInt8(ascii: "~")] + flat
    var made = ByteString(wanted)
    var number = 0
    while isTaken(made) {
      made = ByteString(wanted + Array("_\(number)".utf8))
      number += 1
    }
    madeNames.insert(made)
    return made
  }

  private func isTaken(_ name: ByteString) -> Bool {
    madeNames.contains(name)
      || [trees.base, trees.ours, trees.theirs].contains { $0?.position(of: name) != nil }
  }
}

/// The entries of a tree in the order of their bare names, which is not that of the tree: there a
/// directory sorts as if its name ended in a slash.
private struct NamedEntries {
  private let tree: Tree?
  private let order: [Int]?
  private var position = 0
  /// The next entry, as Git takes it.
  private(set) var first: TreeEntry?

  init(_ tree: Tree?) {
    self.tree = tree
    order = tree.flatMap(Self.order)
    load()
  }

  mutating func removeFirst() {
    position += 1
    load()
  }

  private mutating func load() {
    guard let tree, position < tree.count else {
      first = nil
      return
    }
    first = tree[order?[position] ?? position].canonical
  }

  /// The positions by bare name, or nil when that is the order they have.
  private static func order(_ tree: Tree) -> [Int]? {
    let isOrdered = tree.indices.dropFirst().allSatisfy { compare(tree, $0 - 1, $0) <= 0 }
    if isOrdered { return nil }
    return tree.indices.sorted { compare(tree, $0, $1) < 0 }
  }

  private static func compare(_ tree: Tree, _ a: Int, _ b: Int) -> Int {
    tree.withName(at: a) { name in
      tree.withName(at: b) { other in name.compareBytes(with: other) }
    }
  }
}
