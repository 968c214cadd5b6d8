internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// Which references are listed.
struct ReferenceFilter {
  /// How patterns are matched.
  enum Matching {
    /// Against the whole name, which may also begin with the pattern up to a slash.
    case path
    /// Against the name without `refs/heads/` and its like; a star matches slashes too.
    case shortName
  }

  var patterns: [[UInt8]] = []
  var matching = Matching.path
  var ignoresCase = false
  /// Objects that a reference, or the tag that it is, must point at.
  var pointsAt: Set<ObjectID> = []
  var isPointing = false
  /// Commits of which one must be reached.
  var contains: [ObjectID] = []
  /// Commits of which none may be reached.
  var excludes: [ObjectID] = []
  /// Commits that must reach the reference's own.
  var mergedInto: [ObjectID] = []
  /// Commits that must not.
  var notMergedInto: [ObjectID] = []

  private var needsCommit: Bool {
    !(contains.isEmpty && excludes.isEmpty && mergedInto.isEmpty && notMergedInto.isEmpty)
  }

  /// What all names that can match begin with, when there is one pattern; nil for everything.
  var commonPrefix: String? {
    guard let pattern = patterns.first, patterns.count == 1, matching == .path, !ignoresCase,
      pattern.starts(with: "refs/".utf8)
    else { return nil }
    let literal = pattern.prefix { !"*?[\\".utf8.contains($0) }
    return String(validating: literal, as: UTF8.self)
  }

  /// The items that pass, in their order.
  func apply(
    _ items: [ReferenceItem], in source: any RevisionSource
  ) throws(PandoError) -> [ReferenceItem] {
    let globs = patterns.map {
      Glob($0, ignoresCase: ignoresCase, crossesSlashes: matching == .shortName)
    }
    let items = items.filter { matches($0.name, globs) }
    var positive = Reachability(to: contains, in: source)
    var negative = Reachability(to: excludes, in: source)
    let merged = try reached(from: mergedInto, items, source)
    let unmerged = try reached(from: notMergedInto, items, source)
    var kept: [ReferenceItem] = []
    for item in items {
      if isPointing, try !isPointingRight(item, source.objects) { continue }
      if needsCommit {
        guard let commit = try source.objects.peelToCommit(item.id) else { continue }
        if !contains.isEmpty, try !positive.reaches(from: commit) { continue }
        if !excludes.isEmpty, try negative.reaches(from: commit) { continue }
        if !mergedInto.isEmpty, !merged.contains(commit) { continue }
        if !notMergedInto.isEmpty, unmerged.contains(commit) { continue }
      }
      kept.append(item)
    }
    return kept
  }

  /// The commits that `starts` lead to, at least those that items are at.
  private func reached(
    from starts: [ObjectID], _ items: [ReferenceItem], _ source: any RevisionSource
  ) throws(PandoError) -> Set<ObjectID> {
    if starts.isEmpty { return [] }
    var wanted: [ObjectID] = []
    for item in items {
      if let commit = try source.objects.peelToCommit(item.id) { wanted.append(commit) }
    }
    return try Reachability(to: wanted, in: source).ancestors(of: starts)
  }

  private func matches(_ name: ByteString, _ globs: [Glob]) -> Bool {
    if patterns.isEmpty { return true }
    switch matching {
    case .path:
      for (pattern, glob) in zip(patterns, globs) {
        if Self.leads(pattern, to: name.bytes) || glob.matches(name.bytes) { return true }
      }
      return false
    case .shortName:
      var short = name.bytes[...]
      for prefix in ["refs/tags/", "refs/heads/", "refs/remotes/", "refs/"]
      where name.hasPrefix(prefix) {
        short = name.bytes[prefix.utf8.count...]
        break
      }
      return globs.contains { $0.matches(Array(short)) }
    }
  }

  /// Whether a pattern is the name, or whole components at its start.
  private static func leads(_ pattern: [UInt8], to name: [UInt8]) -> Bool {
    guard name.starts(with: pattern) else { return false }
    return name.count == pattern.count || name[pattern.count] == UInt8(ascii: "/")
      || pattern.last == UInt8(ascii: "/")
  }

  private func isPointingRight(
    _ item: ReferenceItem, _ objects: any ObjectReader
  ) throws(PandoError) -> Bool {
    if pointsAt.contains(item.id) { return true }
    guard let header = try objects.header(of: item.id) else {
      throw PandoError(.notFound, "malformed object at '\(item.name)'")
    }
    guard header.kind == .tag else { return false }
    return try pointsAt.contains(objects.annotatedTag(item.id).target)
  }
}

/// Whether commits lead to some others, remembered for all commits passed on the way.
struct Reachability {
  private let targets: Set<ObjectID>
  private let source: any RevisionSource
  private var known: [ObjectID: Bool] = [:]
  private let graph: (any CommitGraphReader)?
  /// What lies below all targets reaches none.
  private var lowest: UInt64

  init(to targets: [ObjectID], in source: any RevisionSource) {
    self.targets = Set(targets)
    self.source = source
    graph = source.objects.commitGraph
    lowest = .max
    for id in targets {
      // A target outside the graph is reached from nothing in it.
      guard let graph, let position = graph.position(of: id) else { continue }
      lowest = min(lowest, graph.generation(at: position))
    }
  }

  private func isBelowTargets(_ id: ObjectID) -> Bool {
    guard let graph, let position = graph.position(of: id) else { return false }
    return graph.generation(at: position) < lowest
  }

  /// Whether `start` is a target or has one among its ancestors. Each commit is read once over all
  /// calls.
  mutating func reaches(from start: ObjectID) throws(PandoError) -> Bool {
    var stack: [(id: ObjectID, parents: [ObjectID])] = []
    func parents(_ id: ObjectID) throws(PandoError) -> [ObjectID] {
      try source.parents(of: id) ?? []
    }
    if let answer = known[start] { return answer }
    stack.append((start, try parents(start)))
    while let top = stack.last {
      if targets.contains(top.id) {
        // All commits on the way here lead to it.
        for entry in stack { known[entry.id] = true }
        return true
      }
      guard let next = top.parents.last else {
        known[top.id] = false
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].parents.removeLast()
      switch known[next] {
      case true?:
        for entry in stack { known[entry.id] = true }
        return true
      case false?: continue
      case nil:
        if isBelowTargets(next) {
          known[next] = false
        } else {
          stack.append((next, try parents(next)))
        }
      }
    }
    return false
  }

  /// Commits and their ancestors, without those that are below all targets.
  func ancestors(of starts: [ObjectID]) throws(PandoError) -> Set<ObjectID> {
    var seen = Set(starts)
    var pending = starts
    while let id = pending.popLast() {
      if isBelowTargets(id) { continue }
      for parent in try source.parents(of: id) ?? [] where seen.insert(parent).inserted {
        pending.append(parent)
      }
    }
    return seen
  }
}
