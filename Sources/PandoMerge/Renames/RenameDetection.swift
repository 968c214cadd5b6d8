internal import PandoBytes
public import PandoObjects

/// Finds among the differences of two trees the files that were renamed or copied, as `git diff -M`
/// and `-C` do.
///
/// Equal files come first; then, for renames, files that alone have their last name; then those
/// that are most alike, each pair compared. Blobs are read only for the latter two. Memory is that
/// of the pieces of the files that are compared. Source: git's `diffcore-rename.c`, as described in
/// gitdiffcore.
public struct RenameDetection {
  /// What to look for.
  public struct Options: Sendable {
    /// The least similarity, up to `Similarity.all`, at which only equal files count.
    public var similarityMin = Similarity.renameMin
    /// Whether files that stay may be what others were copied from.
    public var findsCopies = false
    /// Files are not compared pair by pair when there are more pairs than the square of this; zero
    /// is no limit.
    public var limit = 1000
    /// Whether empty files may be renamed.
    public var renamesEmptyFiles = true

    /// Git's defaults.
    public init() {}
  }

  /// What was found.
  public struct Result: Sendable {
    /// The differences in their order, with renames and copies in the places of new files.
    public var changes: [FileChange]
    /// The limit at which files would have been compared of which there were too many; nil when
    /// there were not.
    public var limitNeeded: Int?
    /// Whether files that did not change were left aside, since they were too many.
    public var skippedUnchanged = false
    /// For each directory that a merge asked about, how many of its files went where.
    var directoryMoves: [ByteString: [ByteString: Int]] = [:]
  }

  private var limitNeeded: Int?
  private var skippedUnchanged = false
  /// What a merge wants to know; nil where everything is wanted.
  private var moves: DirectoryMoves?
  private let reader: any ObjectReader
  private let options: Options
  private var changes: [FileChange]
  private var sources: [Source] = []
  private var targets: [Target] = []
  private var pieces: [ObjectID: Similarity.Pieces] = [:]
  private var sizes: [ObjectID: Int] = [:]

  /// A file that others may come from.
  private struct Source {
    /// The number of the difference; nil for a file that did not change.
    let change: Int?
    let file: FileChange.Side
    /// By how many it is taken, itself if it stays.
    var uses = 0
  }

  /// A new file.
  private struct Target {
    let change: Int
    let file: FileChange.Side
    var source: Int?
    var similarity = 0
  }

  private init(_ changes: [FileChange], _ reader: any ObjectReader, _ options: Options) {
    self.reader = reader
    self.options = options
    self.changes = changes
  }

  /// Looks for renames among differences. Throws what reading throws.
  ///
  /// - Parameter unchanged: files that did not change and may be what others were copied from, in
  ///   the order of trees; as a rule none, since each is compared with each new file.
  public static func run(
    on changes: [FileChange], unchanged: [FileChange.Side] = [], in reader: any ObjectReader,
    options: Options = Options()
  ) throws(PandoError) -> Result {
    try run(on: changes, unchanged: unchanged, in: reader, options: options, interest: nil)
  }

  /// - Parameter interest: what a merge wants to know. Files of which it does not matter where they
  ///   are now are found only where that is cheap.
  static func run(
    on changes: [FileChange], unchanged: [FileChange.Side] = [], in reader: any ObjectReader,
    options: Options, interest: RenameInterest?
  ) throws(PandoError) -> Result {
    var detection = RenameDetection(changes, reader, options)
    detection.moves = interest.map { DirectoryMoves($0) }
    detection.gather(unchanged)
    guard !detection.sources.isEmpty, !detection.targets.isEmpty else {
      return Result(changes: changes)
    }
    try detection.find()
    let moves = detection.moves?.result ?? [:]
    return Result(
      changes: detection.result(), limitNeeded: detection.limitNeeded,
      skippedUnchanged: detection.skippedUnchanged, directoryMoves: moves)
  }

  private mutating func gather(_ unchanged: [FileChange.Side]) {
    var unchanged = unchanged[...]
    let empty = Self.emptyBlob(reader.hashAlgorithm)
    func isLeftOut(_ file: FileChange.Side) -> Bool {
      !options.renamesEmptyFiles && file.id == empty
    }
    func addUnchanged(before path: TreePath?) {
      while let file = unchanged.first, path.map({ file.path < $0 }) ?? true {
        unchanged.removeFirst()
        if !isLeftOut(file) { sources.append(Source(change: nil, file: file, uses: 1)) }
      }
    }
    defer { addUnchanged(before: nil) }
    for (index, change) in changes.enumerated() {
      if !unchanged.isEmpty { addUnchanged(before: change.path) }
      if let old = change.old {
        if isLeftOut(old) { continue }
        if change.new == nil {
          sources.append(Source(change: index, file: old))
        } else if options.findsCopies {
          sources.append(Source(change: index, file: old, uses: 1))
        }
      } else if let new = change.new, !isLeftOut(new) {
        targets.append(Target(change: index, file: new))
      }
    }
  }

  private static func emptyBlob(_ algorithm: HashAlgorithm) -> ObjectID? {
    try? RawObject(kind: .blob, body: []).id(algorithm)
  }

  private mutating func find() throws(PandoError) {
    matchEqualFiles()
    guard options.similarityMin < Similarity.all else { return }
    if !options.findsCopies { try matchLastNames() }
    try matchBySimilarity(wantedSources())
  }

  private mutating func match(_ target: Int, with source: Int, _ similarity: Int) {
    sources[source].uses += 1
    targets[target].source = source
    targets[target].similarity = similarity
    moves?.count(
      from: ByteString(sources[source].file.path.bytes),
      to: ByteString(targets[target].file.path.bytes))
  }

  /// Sources that can still be taken, by number.
  private var freeSources: [Int] {
    sources.indices.filter { options.findsCopies || sources[$0].uses == 0 }
  }

  /// Sources that can still be taken and that matter.
  private mutating func wantedSources() -> [Int] {
    let free = freeSources
    guard let interest = moves?.interest else { return free }
    let wanted = free.map { (number: $0, path: ByteString(sources[$0].file.path.bytes)) }
      .filter { interest.sources[$0.path] != nil }
    return moves?.stillWanted(wanted) ?? free
  }
}

// MARK: Equal files

extension RenameDetection {
  /// So many equal sources are looked at.
  private static let equalMax = 100

  private mutating func matchEqualFiles() {
    var byID: [ObjectID: [Int]] = [:]
    for (number, source) in sources.enumerated() {
      byID[source.file.id, default: []].append(number)
    }
    for target in targets.indices {
      guard let equal = byID[targets[target].file.id] else { continue }
      if let source = best(equal, for: targets[target].file) {
        match(target, with: source, Similarity.all)
      }
    }
  }

  /// The first source that nobody has taken and has the same last name, or else as much of that as
  /// there is.
  private func best(_ equal: [Int], for target: FileChange.Side) -> Int? {
    var best: Int?
    var bestScore = -1
    var looks = 0
    for number in equal {
      let source = sources[number]
      if !(source.file.mode.isRegular && target.mode.isRegular), source.file.mode != target.mode {
        continue
      }
      if source.uses > 0, !options.findsCopies { continue }
      let score = (source.uses == 0 ? 1 : 0) + (source.file.path.last == target.path.last ? 1 : 0)
      if score > bestScore {
        (best, bestScore) = (number, score)
        if score == 2 { break }
      }
      looks += 1
      if looks > Self.equalMax { break }
    }
    return best
  }
}

// MARK: Files that alone have their last name

extension RenameDetection {
  private mutating func matchLastNames() throws(PandoError) {
    let least = options.similarityMin + (Similarity.all - options.similarityMin) / 2
    let free = freeSources
    let named = Self.unique(free.map { ($0, sources[$0].file.path.last) })
    let open = targets.indices.filter { targets[$0].source == nil }
    let targetsNamed = Self.unique(open.map { ($0, targets[$0].file.path.last) })
    let guess = moves.map { moves in
      DirectoryGuess(moves, open.map { (ByteString(targets[$0].file.path.bytes), $0) })
    }
    for source in free {
      let path = sources[source].file.path
      guard let name = path.last, let sole = targetsNamed[name] else { continue }
      var target = sole
      if let guess {
        let whole = ByteString(path.bytes)
        guard moves?.interest.sources[whole] != nil else { continue }
        if sole == nil || named[name] != .some(source) { target = guess.target(of: whole) }
      } else if named[name] != .some(source) {
        continue
      }
      guard let target, targets[target].source == nil else { continue }
      let score = try similarity(sources[source].file, targets[target].file, atLeast: least)
      if score >= least { match(target, with: source, score) }
    }
  }

  /// What alone has a name; nil for names that several have.
  private static func unique(_ names: [(Int, ByteString?)]) -> [ByteString: Int?] {
    var found: [ByteString: Int?] = [:]
    for case (let number, let name?) in names {
      found[name] = found[name] == nil ? .some(number) : .some(nil)
    }
    return found
  }
}

/// Guesses the new path of a file by where others of its directory went.
private struct DirectoryGuess {
  private let directories: [ByteString: ByteString]
  private let targets: [ByteString: Int]

  init(_ moves: DirectoryMoves, _ open: [(ByteString, Int)]) {
    directories = moves.guesses()
    targets = Dictionary(open, uniquingKeysWith: { first, _ in first })
  }

  func target(of path: ByteString) -> Int? {
    guard let directory = directories[path.directory] else { return nil }
    return targets[directory.path(of: path.lastName)]
  }
}

// MARK: Files that are alike

extension RenameDetection {
  /// So many sources are remembered for a new file.
  private static let candidatesMax = 4

  private struct Candidate {
    let target: Int
    let source: Int
    let score: Int
    let hasSameName: Bool

    func isBetter(than other: Candidate) -> Bool {
      score == other.score ? hasSameName && !other.hasSameName : score > other.score
    }
  }

  private func isTooMuch(_ sources: Int, _ targets: Int) -> Bool {
    guard options.limit > 0 else { return false }
    let (pairs, overflow) = sources.multipliedReportingOverflow(by: targets)
    let (most, isUnlimited) = options.limit.multipliedReportingOverflow(by: options.limit)
    return !isUnlimited && (overflow || pairs > most)
  }

  private mutating func matchBySimilarity(_ free: [Int]) throws(PandoError) {
    var free = free
    let open = targets.indices.filter { targets[$0].source == nil }
    guard !free.isEmpty, !open.isEmpty else { return }
    if isTooMuch(free.count, open.count) {
      limitNeeded = max(free.count, open.count)
      let changed = free.filter { sources[$0].change != nil }
      guard changed.count < free.count, !isTooMuch(changed.count, open.count) else { return }
      (free, skippedUnchanged) = (changed, true)
    }
    var candidates: [Candidate] = []
    for target in open { candidates += try best(for: target, free) }
    // Stable, as Git's is: what is equally good stays in the order of new files.
    let order = candidates.indices.sorted { a, b in
      if candidates[a].isBetter(than: candidates[b]) { return true }
      return !candidates[b].isBetter(than: candidates[a]) && a < b
    }
    for takesUsed in options.findsCopies ? [false, true] : [false] {
      for candidate in order.map({ candidates[$0] }) {
        guard candidate.score >= options.similarityMin else { break }
        if targets[candidate.target].source != nil { continue }
        if !takesUsed, sources[candidate.source].uses > 0 { continue }
        match(candidate.target, with: candidate.source, candidate.score)
      }
    }
  }

  /// The best sources for a new file, in the order in which Git keeps them.
  private mutating func best(
    for target: Int, _ free: [Int]
  ) throws(PandoError) -> [Candidate] {
    var kept: [Candidate] = []
    for source in free {
      let (old, new) = (sources[source].file, targets[target].file)
      let score = try similarity(old, new, atLeast: options.similarityMin)
      let candidate = Candidate(
        target: target, source: source, score: score, hasSameName: old.path.last == new.path.last)
      if kept.count < Self.candidatesMax {
        kept.append(candidate)
        continue
      }
      var worst = 0
      for index in kept.indices.dropFirst() where kept[worst].isBetter(than: kept[index]) {
        worst = index
      }
      if candidate.isBetter(than: kept[worst]) { kept[worst] = candidate }
    }
    return kept
  }

  /// How alike two files are; zero when it cannot be `least`.
  private mutating func similarity(
    _ old: FileChange.Side, _ new: FileChange.Side, atLeast least: Int
  ) throws(PandoError) -> Int {
    guard old.mode.isRegular, new.mode.isRegular else { return 0 }
    let (oldSize, newSize) = (try size(old.id), try size(new.id))
    guard Similarity.isPossible(oldSize, newSize, atLeast: least) else { return 0 }
    return Similarity.score(
      (try pieces(old.id), size: oldSize), (try pieces(new.id), size: newSize))
  }

  private mutating func size(_ id: ObjectID) throws(PandoError) -> Int {
    if let size = sizes[id] { return size }
    guard let header = try reader.header(of: id) else { throw .missing(id) }
    sizes[id] = header.size
    return header.size
  }

  private mutating func pieces(_ id: ObjectID) throws(PandoError) -> Similarity.Pieces {
    if let known = pieces[id] { return known }
    let made = Similarity.Pieces(try reader.body(of: id, .blob))
    pieces[id] = made
    return made
  }
}

// MARK: What comes of it

extension RenameDetection {
  /// A source that is taken more than once is copied until the last time.
  private mutating func result() -> [FileChange] {
    var byChange: [Int: Target] = [:]
    for target in targets where target.source != nil { byChange[target.change] = target }
    let gone = Set(sources.filter { $0.uses > 0 }.compactMap(\.change))
    var made: [FileChange] = []
    for (index, change) in changes.enumerated() {
      if let target = byChange[index], let source = target.source {
        sources[source].uses -= 1
        made.append(
          FileChange(
            sources[source].uses > 0 ? .copied : .renamed, from: sources[source].file,
            to: target.file, similarity: target.similarity))
      } else if change.new != nil || !gone.contains(index) {
        made.append(change)
      }
    }
    return made
  }
}
