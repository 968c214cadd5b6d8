internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// A reference that is shown beside the commit it leads to.
struct Decoration {
  enum Kind { case head, branch, remote, tag, stash, other }

  let kind: Kind
  let name: ReferenceName

  /// The name as shown: whole, or without what its kind says already.
  func shown(isFull: Bool) -> String {
    if isFull { return name.text }
    for prefix in ["refs/heads/", "refs/tags/", "refs/remotes/"] where name.text.hasPrefix(prefix) {
      return String(name.text.dropFirst(prefix.count))
    }
    return name.text
  }
}

/// The references that lead to each commit.
struct Decorations {
  private var byID: [ObjectID: [Decoration]] = [:]
  private var currentBranch: ReferenceName?
  /// Whether full names are shown.
  var isFull = false

  /// Reads all references that people see by default: branches, tags, remotes, the stash, HEAD.
  init(_ source: any RevisionSource) throws {
    for reference in try source.references.references(withPrefix: "refs/") {
      guard let kind = Self.kind(reference.name.text) else { continue }
      try add(Decoration(kind: kind, name: reference.name), source)
    }
    try add(Decoration(kind: .head, name: .head), source)
    if case .symbolic(let branch)? = try source.references.read(.head) { currentBranch = branch }
    for id in byID.keys { byID[id]?.reverse() }
  }

  private static func kind(_ name: String) -> Decoration.Kind? {
    if name.hasPrefix("refs/heads/") { return .branch }
    if name.hasPrefix("refs/remotes/") { return .remote }
    if name.hasPrefix("refs/tags/") { return .tag }
    return name == "refs/stash" ? .stash : nil
  }

  /// Adds a reference to its object and to all that its tags lead to.
  private mutating func add(_ decoration: Decoration, _ source: any RevisionSource) throws {
    guard var id = try source.references.id(of: decoration.name) else { return }
    var decoration = decoration
    for _ in 0..<Limits.tagDepth {
      guard let header = try source.objects.header(of: id) else { return }
      byID[id, default: []].append(decoration)
      guard header.kind == .tag else { return }
      id = try source.objects.annotatedTag(id).target
      decoration = Decoration(kind: .tag, name: decoration.name)
    }
  }

  /// The text for a commit, between `prefix` and `suffix`; empty when nothing leads to it.
  func text(
    _ id: ObjectID, prefix: String, suffix: String, colors: ColorScheme
  ) -> String {
    guard let all = byID[id] else { return "" }
    let hasHead = all.contains { $0.kind == .head }
    let current =
      hasHead
      ? all.first { $0.kind == .branch && $0.name == currentBranch } : nil
    var text = ""
    var separator = prefix
    for decoration in all {
      if let current, decoration.kind == .branch, decoration.name == current.name { continue }
      text += colors.commit + separator + colors.reset
      text += colors.decoration(decoration.kind)
      if decoration.kind == .tag { text += "tag: " }
      text += decoration.shown(isFull: isFull)
      if let current, decoration.kind == .head {
        text += " -> " + colors.reset + colors.decoration(.branch)
        text += current.shown(isFull: isFull)
      }
      text += colors.reset
      separator = ", "
    }
    return text + colors.commit + suffix + colors.reset
  }
}

extension RevisionSource {
  /// The objects that references name, and what tags among them lead to.
  func namedCommits() throws -> Set<ObjectID> {
    var named: Set<ObjectID> = []
    let all = try references.references(withPrefix: "refs/").compactMap { reference in
      try references.id(of: reference.name)
    }
    for start in all + [try references.id(of: .head)].compactMap({ $0 }) {
      var id = start
      for _ in 0...Limits.tagDepth where try objects.header(of: id)?.kind == .tag {
        named.insert(id)
        id = try objects.annotatedTag(id).target
      }
      named.insert(id)
    }
    return named
  }
}
