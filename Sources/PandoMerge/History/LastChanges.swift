internal import PandoBytes
public import PandoObjects

/// The commit that last changed a path.
public struct LastChange: Hashable, Sendable {
  /// The path, from the directory that was asked about.
  public let path: TreePath
  /// The commit.
  public let commit: ObjectID

  /// Describes a change.
  public init(path: TreePath, commit: ObjectID) {
    self.path = path
    self.commit = commit
  }
}

/// Finds for every entry of a directory the commit that changed it last, in one pass over history:
/// what `git log -1` says for each of them.
///
/// All paths go through history together. Where nothing of them changed they move on as one, and
/// only at a merge they part: what a merge has from one parent is looked for there, from the first
/// such parent. Cost is that of the commits back to the oldest answer, a look into a filter for
/// each where the commit-graph has filters, and else of the trees on the way to the directory;
/// where the directory changed, of comparing it with its parent's.
public struct LastChanges {
  private let reader: any ObjectReader
  private let directory: TreePath
  private let options: TreeDiff.Options
  private let keys: BloomKeys?
  private var table: CommitTable
  private var queue = CommitQueue()
  /// The paths, and what is known of each.
  private var paths: [TreePath] = []
  private var numbers: [TreePath: Int] = [:]
  private var answers: [CommitTable.Index?] = []
  /// The group each path goes with.
  private var groupOfPath: [Int] = []
  private var groups: [Group] = []
  /// Which group waits at a commit.
  private var waiting: [CommitTable.Index: Int] = [:]
  /// The directory's tree at commits that were looked at.
  private var trees: [CommitTable.Index: ObjectID?] = [:]

  /// Paths that go through history together.
  private struct Group {
    /// All that ever were in it and went to no other; those that are answered stay in the list.
    var members: [Int]
    /// How many of them are not answered.
    var open: Int
  }

  private init(
    _ reader: any ObjectReader, _ directory: TreePath, recursively: Bool, _ grafts: Grafts
  ) {
    self.reader = reader
    self.directory = directory
    options = TreeDiff.Options(isRecursive: recursively)
    table = CommitTable(reader, grafts: grafts)
    keys = directory.isRoot ? nil : BloomKeys(path: directory.bytes)
  }

  /// The last changes of what is in `directory` at a commit, in the order of trees; empty when
  /// there is no such directory.
  ///
  /// - Parameter recursively: whether the files of all directories below are asked about, instead
  ///   of the entries of this one.
  ///
  /// Throws what reading throws.
  public static func of(
    _ directory: TreePath, at commit: ObjectID, in reader: any ObjectReader,
    recursively: Bool = false, grafts: Grafts = .none
  ) throws(PandoError) -> [LastChange] {
    var search = LastChanges(reader, directory, recursively: recursively, grafts)
    try search.begin(at: commit)
    while let commit = search.queue.removeNext() { try search.visit(commit) }
    return search.paths.indices.compactMap { number in
      search.answers[number].map { index in
        LastChange(path: search.paths[number], commit: search.table.id(of: index))
      }
    }
  }

  private mutating func begin(at commit: ObjectID) throws(PandoError) {
    let index = table.index(of: commit)
    try table.read(index)
    guard let tree = try tree(of: index) else { return }
    var entries = TreeDiff(reader, from: nil, to: tree, options: options)
    while let entry = try entries.next() {
      numbers[entry.path] = paths.count
      paths.append(entry.path)
    }
    answers = [CommitTable.Index?](repeating: nil, count: paths.count)
    groupOfPath = [Int](repeating: 0, count: paths.count)
    guard !paths.isEmpty else { return }
    groups.append(Group(members: Array(paths.indices), open: paths.count))
    send(0, to: index)
  }

  // MARK: Going through history

  private mutating func visit(_ commit: CommitTable.Index) throws(PandoError) {
    guard let group = waiting.removeValue(forKey: commit), groups[group].open > 0 else { return }
    defer { trees[commit] = nil }
    let parents = table.parentRange(commit).map { table.parent(at: $0) }
    for parent in parents { try table.read(parent) }
    guard let first = parents.first else {
      for number in groups[group].members where isOpen(number, in: group) {
        answer(number, commit)
      }
      return
    }
    if let keys, table.mayHaveChanged(keys, commit) == false {
      send(group, to: first)
      return
    }
    var changed = try changes(of: group, at: commit, since: first)
    let own = part(changed, from: group)
    if groups[group].open > 0 { send(group, to: first) }
    for parent in parents.dropFirst() where !changed.isEmpty {
      let still = Set(try changes(of: own, at: commit, since: parent))
      let same = changed.filter { !still.contains($0) }
      if !same.isEmpty { send(part(same, from: own), to: parent) }
      changed = changed.filter { still.contains($0) }
    }
    for number in changed { answer(number, commit) }
  }

  private func isOpen(_ number: Int, in group: Int) -> Bool {
    groupOfPath[number] == group && answers[number] == nil
  }

  /// The paths of a group that a commit has otherwise than a parent.
  private mutating func changes(
    of group: Int, at commit: CommitTable.Index, since parent: CommitTable.Index
  ) throws(PandoError) -> [Int] {
    let (old, new) = (try tree(of: parent), try tree(of: commit))
    if old == new { return [] }
    var found: [Int] = []
    var differences = TreeDiff(reader, from: old, to: new, options: options)
    while let change = try differences.next() {
      guard let number = numbers[change.path], isOpen(number, in: group) else { continue }
      // A file that became a directory is told of twice.
      if found.last != number { found.append(number) }
    }
    return found
  }

  private mutating func answer(_ number: Int, _ commit: CommitTable.Index) {
    guard answers[number] == nil else { return }
    answers[number] = commit
    groups[groupOfPath[number]].open -= 1
  }

  /// Makes a group of some open paths of another.
  private mutating func part(_ numbers: [Int], from group: Int) -> Int {
    groups[group].open -= numbers.count
    for number in numbers { groupOfPath[number] = groups.count }
    groups.append(Group(members: numbers, open: numbers.count))
    return groups.count - 1
  }

  /// Has a group wait at a commit, together with one that waits there already: the larger takes in
  /// the smaller.
  private mutating func send(_ group: Int, to commit: CommitTable.Index) {
    guard let other = waiting[commit] else {
      waiting[commit] = group
      // The newest first: a commit mostly comes when all that leads to it has come.
      queue.insert(commit, date: table.date(of: commit))
      return
    }
    let isLarger = groups[group].members.count > groups[other].members.count
    let (into, from) = isLarger ? (group, other) : (other, group)
    for number in groups[from].members where isOpen(number, in: from) {
      groupOfPath[number] = into
      groups[into].members.append(number)
      groups[into].open += 1
    }
    groups[from] = Group(members: [], open: 0)
    waiting[commit] = into
  }

  /// The directory's tree at a commit that was read; nil when it has none.
  private mutating func tree(of commit: CommitTable.Index) throws(PandoError) -> ObjectID? {
    if let known = trees[commit] { return known }
    var tree: ObjectID? = table.tree(of: commit)
    for step in directory.steps {
      guard let id = tree else { break }
      let entry = try reader.tree(id)[step]
      tree = entry.flatMap { $0.mode.isDirectory ? $0.id : nil }
    }
    trees[commit] = .some(tree)
    return tree
  }
}
