public import PandoObjects

/// Names commits by the way to them from references: `tags/v2~3^2~1`, as git-name-rev has it.
///
/// Every commit that a tip leads to gets the best of all names that it could have; what is better,
/// an older tag or fewer steps, is Git's. A commit is looked at again each time it gets a better
/// name. About 60 bytes a commit; no recursion.
public struct RevisionNamer {
  /// A reference that names begin with.
  public struct Tip: Hashable, Sendable {
    /// How names begin.
    public let label: String
    /// The commit that the reference leads to.
    public let commit: ObjectID
    /// When the tag was made, in seconds since 1970; nil for a reference that is no annotated tag,
    /// which counts as being as old as its commit.
    public let taggerSeconds: Int64?
    /// Whether it is a tag, of whatever kind.
    public let isTag: Bool

    /// Describes a reference.
    public init(label: String, commit: ObjectID, taggerSeconds: Int64?, isTag: Bool) {
      self.label = label
      self.commit = commit
      self.taggerSeconds = taggerSeconds
      self.isTag = isTag
    }
  }

  /// What a merge's other parents add to a distance: more than a long line of first parents.
  private static let mergeWeight = 65_535
  /// How much older than all commits to be named others may be, in seconds, and still be on a way
  /// to them, as clocks lie.
  private static let slop: Int64 = 86_400

  /// How a name begins, before its last `~n`.
  private enum Stem {
    case tip(Int)
    /// Parent `number` of the commit `generation` first parents behind another stem.
    case parent(of: Int32, generation: Int32, number: Int32)
  }

  private struct Row {
    var stem: Int32 = -1
    var generation: Int32 = 0
    var isTag = false
    var distance = 0
    var seconds: Int64 = 0

    /// What counts when names are compared: a name with `~` is longer.
    var length: Int { distance + (generation > 0 ? RevisionNamer.mergeWeight : 0) }
  }

  private var table: CommitTable
  private let tips: [Tip]
  private var stems: [Stem] = []
  private var rows: [Row] = []
  private var oldest: Int64 = 0
  private var lowestGeneration: UInt64?

  /// Finds the names. Commits that are too old to be on a way to one of `wanted` get none; all of
  /// them when `wanted` is nil. Throws `.notFound` when a commit is missing.
  public init(
    _ reader: any ObjectReader, grafts: Grafts = .none, tips: [Tip], wanted: [ObjectID]?
  ) throws(PandoError) {
    table = CommitTable(reader, grafts: grafts)
    var sorted: [(tip: Tip, seconds: Int64, order: Int)] = []
    for (order, tip) in tips.enumerated() {
      let index = table.index(of: tip.commit)
      try table.read(index)
      sorted.append((tip, tip.taggerSeconds ?? table.date(of: index), order))
    }
    sorted.sort { a, b in
      if a.tip.isTag != b.tip.isTag { return a.tip.isTag }
      return a.seconds != b.seconds ? a.seconds < b.seconds : a.order < b.order
    }
    self.tips = sorted.map(\.tip)
    if let wanted { try limit(to: wanted) }
    for (number, entry) in sorted.enumerated() { try name(from: number, seconds: entry.seconds) }
  }

  private mutating func limit(to wanted: [ObjectID]) throws(PandoError) {
    oldest = .max
    var lowest = UInt64.max
    for id in wanted {
      let index = table.index(of: id)
      try table.read(index)
      oldest = min(oldest, table.date(of: index))
      lowest = min(lowest, table.generation(of: index))
    }
    oldest = max(0, oldest - Self.slop)
    if lowest != .max { lowestGeneration = lowest }
  }

  private func isTooOld(_ index: CommitTable.Index) -> Bool {
    if let lowestGeneration { return table.generation(of: index) < lowestGeneration }
    return table.date(of: index) < oldest
  }

  private mutating func name(from tip: Int, seconds: Int64) throws(PandoError) {
    let start = table.index(of: tips[tip].commit)
    let first = Row(isTag: tips[tip].isTag, seconds: seconds)
    guard !isTooOld(start), improve(start, first) else { return }
    rows[Int(start)].stem = stem(.tip(tip))
    var pending = [start]
    while let index = pending.popLast() {
      // The first parent is followed first.
      let before = pending.count
      let parents = table.parentRange(index)
      for (number, place) in parents.enumerated() {
        let parent = table.parent(at: place)
        try table.read(parent)
        if isTooOld(parent) { continue }
        let row = rows[Int(index)]
        var next = row
        next.seconds = seconds
        next.isTag = tips[tip].isTag
        next.generation = number == 0 ? row.generation &+ 1 : 0
        next.distance = row.distance + (number == 0 ? 1 : Self.mergeWeight)
        guard improve(parent, next) else { continue }
        if number > 0 {
          rows[Int(parent)].stem = stem(
            .parent(of: row.stem, generation: row.generation, number: Int32(number + 1)))
        }
        pending.append(parent)
      }
      pending[before...].reverse()
    }
  }

  private mutating func stem(_ stem: Stem) -> Int32 {
    stems.append(stem)
    return Int32(truncatingIfNeeded: stems.count - 1)
  }

  /// Gives a commit the name when that is better than the one it has.
  private mutating func improve(_ index: CommitTable.Index, _ new: Row) -> Bool {
    while rows.count < table.count { rows.append(Row()) }
    let old = rows[Int(index)]
    guard old.stem < 0 || Self.isBetter(new, than: old) else { return false }
    rows[Int(index)] = new
    return true
  }

  private static func isBetter(_ new: Row, than old: Row) -> Bool {
    if old.isTag != new.isTag { return new.isTag }
    // Among tags the older one counts before the nearer one, among branches it is the other way.
    if new.isTag, old.seconds != new.seconds { return new.seconds < old.seconds }
    if old.length != new.length { return new.length < old.length }
    return new.seconds < old.seconds
  }

  // MARK: What was found

  /// The name of a commit; nil when nothing leads to it, or nothing that is young enough.
  /// O(length of the name).
  public mutating func name(of commit: ObjectID) -> String? {
    let index = Int(table.index(of: commit))
    return index < rows.count ? text(rows[index]) : nil
  }

  /// Names all commits that have a name, in the order they were met.
  public func forEachNamed(_ body: (ObjectID, String) throws -> Void) rethrows {
    for (number, row) in rows.enumerated() {
      guard let text = text(row) else { continue }
      try body(table.id(of: CommitTable.Index(truncatingIfNeeded: number)), text)
    }
  }

  private func text(_ row: Row) -> String? {
    guard row.stem >= 0 else { return nil }
    var steps: [String] = []
    if row.generation > 0 { steps.append("~\(row.generation)") }
    var stem = row.stem
    while true {
      switch stems[Int(stem)] {
      case .tip(let number):
        let tip = tips[number]
        // The tag itself is another object than its commit.
        if steps.isEmpty, tip.taggerSeconds != nil { steps.append("^0") }
        return tip.label + steps.reversed().joined()
      case .parent(let base, let generation, let number):
        steps.append("^\(number)")
        if generation > 0 { steps.append("~\(generation)") }
        stem = base
      }
    }
  }
}
