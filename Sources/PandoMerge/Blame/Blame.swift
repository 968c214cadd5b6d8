internal import PandoBytes
public import PandoObjects

/// Finds for every line of a file the commit that it came with, as `git blame` does: from commit to
/// commit each line goes to the first parent that has it, and stays where none has. A file that a
/// parent does not have is looked for there under other names.
///
/// Commits are searched by their dates, the newest first, and answers come as they are found. Each
/// step costs the trees on the way to the file that differ, and where the file differs its text and
/// a comparison with each parent's; where the commit-graph has filters, most commits cost a look
/// into one. Memory is that of the texts that wait, and about 100 bytes for each commit in which
/// the file may have changed.
public struct Blame {
  /// How lines are followed.
  public struct Options: Sendable {
    /// Whether only first parents are followed.
    public var followsFirstParentOnly = false
    /// Whether files are followed to their old names.
    public var followsRenames = true
    /// How versions are compared.
    public var lines = LineDiff.Options()
    /// Whether lines of the first commit of a history count as explained.
    public var explainsRoots = false
    /// The commits to look into; another one takes all lines that come to it. Nil for all commits.
    public var commits: Set<ObjectID>?
    /// Commits before this moment, in seconds since 1970, are not looked into either.
    public var since: Int64?
    /// Parents to believe instead of those that commits name.
    public var grafts = Grafts.none

    /// Git's defaults.
    public init() {}
  }

  /// The text that was asked about.
  public var text: Lines { startText.lines }

  let reader: any ObjectReader
  let options: Options
  var table: CommitTable
  var origins = BlameOrigins()
  var texts: VersionTexts
  private var queue = CommitQueue()
  /// The commit whose versions are searched now.
  private var current: CommitTable.Index?
  /// Commits that are behind others that are not looked into.
  private var excluded: Set<CommitTable.Index> = []
  private var filters: [TreePath: BloomKeys] = [:]
  private let startText: VersionText
  private var start = 0
  /// Stands for the commit that the text may come to be in.
  private(set) var uncommitted: CommitTable.Index?

  /// Prepares to search for all lines of the file at `path` in a commit; nil when no file is there.
  /// Throws what reading throws.
  public init?(
    of path: TreePath, at commit: ObjectID, in reader: any ObjectReader,
    options: Options = Options()
  ) throws(PandoError) {
    var table = CommitTable(reader, grafts: options.grafts)
    let index = table.index(of: commit)
    try table.read(index)
    guard let place = try FilePlace.find(path, in: table.tree(of: index), reader),
      !place.file.mode.isDirectory, !place.file.mode.isSubmodule
    else { return nil }
    self.init(try reader.body(of: place.file.id, .blob), table, reader, options)
    begin(path, in: index, at: place)
  }

  /// Prepares to search for all lines of a text that is in no commit yet, as it stands in a work
  /// tree that has `parents` checked out. Lines that none of them has come with a commit whose name
  /// is all zeros. There such a file is not looked for under other names.
  public init(
    of path: TreePath, with text: [UInt8], mode: TreeEntry.Mode, upon parents: [ObjectID],
    in reader: any ObjectReader, options: Options = Options()
  ) throws(PandoError) {
    var table = CommitTable(reader, grafts: options.grafts)
    let index = table.appendVirtual(parents: parents.map { table.index(of: $0) })
    let id = try RawObject(kind: .blob, body: text).id(reader.hashAlgorithm)
    let unknown = ObjectID.null(reader.hashAlgorithm)
    let place = FilePlace(
      directories: path.steps.map { _ in unknown },
      file: TreeEntry(name: path.steps.last ?? "", mode: mode, id: id))
    self.init(text, table, reader, options)
    uncommitted = index
    begin(path, in: index, at: place)
  }

  private init(
    _ bytes: [UInt8], _ table: CommitTable, _ reader: any ObjectReader, _ options: Options
  ) {
    self.reader = reader
    self.options = options
    self.table = table
    texts = VersionTexts(options.lines)
    startText = texts.text(bytes)
  }

  private mutating func begin(_ path: TreePath, in index: CommitTable.Index, at place: FilePlace) {
    start = origins.insert(path, in: index, at: place)
    origins[start].text = startText
    current = index
    limit(to: [0..<text.count])
  }

  /// Has only some lines searched for, numbered from 0; before the first answer was asked for.
  public mutating func limit(to ranges: [Range<Int>]) {
    var lines: [SuspectLines] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let from = max(range.lowerBound, lines.last?.end ?? 0)
      let to = min(range.upperBound, text.count)
      guard from < to else { continue }
      if let last = lines.last, last.end == from {
        lines[lines.count - 1] = SuspectLines(
          final: last.final, start: last.start, count: to - last.start)
      } else {
        lines.append(SuspectLines(final: from, start: from, count: to - from))
      }
    }
    origins[start].lines = lines
    origins[start].received = text.count
  }

  /// The lines that are found next, all from one version; nil when all are found.
  public mutating func next() throws(PandoError) -> [BlamedLines]? {
    while let number = nextOrigin() {
      let isBoundary = try isBoundary(origins[number].commit)
      if isOutside(origins[number].commit) {
        excludeParents(of: origins[number].commit)
      } else {
        try pass(number)
      }
      let found = origins[number].lines
      origins[number].lines = []
      origins[number].text = nil
      if !found.isEmpty { return found.map { blamed($0, on: number, isBoundary) } }
    }
    return nil
  }

  /// All lines that are left, in their order.
  public mutating func remaining() throws(PandoError) -> [BlamedLines] {
    var all: [BlamedLines] = []
    while let found = try next() { all += found }
    // What was found before a commit turned out to be behind such.
    let boundary = Set(excluded.map { table.id(of: $0) })
    for index in all.indices where boundary.contains(all[index].origin.commit) {
      all[index].isBoundary = true
    }
    return all.joined
  }

  private mutating func nextOrigin() -> Int? {
    while let commit = current {
      if let number = origins.waiting(in: commit) { return number }
      current = queue.removeNext()
    }
    return nil
  }

  private func isOutside(_ commit: CommitTable.Index) -> Bool {
    if commit == uncommitted { return false }
    if excluded.contains(commit) { return true }
    if let since = options.since, table.date(of: commit) < since { return true }
    return options.commits?.contains(table.id(of: commit)) == false
  }

  /// Has no commit looked into that is known to be behind one which is not, whatever its date says.
  private mutating func excludeParents(of commit: CommitTable.Index) {
    var stack = [commit]
    while let next = stack.popLast() {
      for parent in table.parentRange(next).map({ table.parent(at: $0) })
      where excluded.insert(parent).inserted {
        stack.append(parent)
      }
    }
  }

  private mutating func isBoundary(_ commit: CommitTable.Index) throws(PandoError) -> Bool {
    try table.read(commit)
    return isOutside(commit) || !options.explainsRoots && table.parentRange(commit).isEmpty
  }

  private func blamed(_ lines: SuspectLines, on number: Int, _ isBoundary: Bool) -> BlamedLines {
    func version(_ number: Int) -> BlamedLines.Version {
      .init(commit: table.id(of: origins[number].commit), path: origins[number].path)
    }
    return BlamedLines(
      lines: lines.final..<lines.final + lines.count, firstOriginalLine: lines.start,
      origin: version(number), previous: origins[number].previous.map(version),
      isBoundary: isBoundary)
  }

  /// Gives lines to a version to explain. Throws when it had them before: commits that lead to
  /// themselves would hand them round for ever.
  mutating func give(_ lines: [SuspectLines], to number: Int) throws(PandoError) {
    guard !lines.isEmpty else { return }
    let commit = origins[number].commit
    origins[number].received += lines.reduce(0) { $0 + $1.count }
    guard origins[number].received <= text.count else {
      throw PandoError(.corrupt, "commit \(table.id(of: commit)) leads to itself")
    }
    if origins.waiting(in: commit) == nil { queue.insert(commit, date: table.date(of: commit)) }
    origins[number].lines = origins[number].lines.merged(with: lines)
  }

  /// What asks filters about a path.
  mutating func keys(_ path: TreePath) -> BloomKeys {
    if let known = filters[path] { return known }
    let keys = BloomKeys(path: path.bytes)
    filters[path] = keys
    return keys
  }
}
