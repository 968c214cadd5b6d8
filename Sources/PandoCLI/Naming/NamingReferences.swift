internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// The references that `name-rev` names by.
struct NamingReferences {
  /// Which references count, and how they are shown.
  struct Filter {
    var takesTagsOnly = false
    /// Whether tags are shown without their place.
    var isBrief = false
    var patterns: [[UInt8]] = []
    var exclusions: [[UInt8]] = []
  }

  /// Those that lead to commits.
  private(set) var tips: [RevisionNamer.Tip] = []
  /// What each reference points at, by object; of one object as they count.
  private var exact: [(id: ObjectID, label: String)] = []
  /// The commits of all references, of those too that do not count, and their parents.
  private(set) var touched: [ObjectID] = []

  init(_ filter: Filter, _ parser: RevisionParser) throws {
    let source = parser.source
    let objects = source.objects
    var rows: [(id: ObjectID, label: String, isTag: Bool, seconds: Int64)] = []
    for reference in try ReferenceSelection().list(prefix: "refs/", isTrimmed: false, source) {
      guard let header = try objects.header(of: reference.id) else { continue }
      try touch(reference.id, header.kind, objects)
      let name = Array(reference.name.text.utf8)
      guard let isShort = Self.choose(name, filter) else { continue }
      let label = try Self.label(reference.name, isShort: isShort, parser)
      let isTag = name.starts(with: "refs/tags/".utf8)
      let (commit, tagged) = try Self.peel(reference.id, header.kind, objects)
      var seconds = tagged
      if let commit {
        tips.append(
          RevisionNamer.Tip(label: label, commit: commit, taggerSeconds: tagged, isTag: isTag))
        seconds = try tagged ?? objects.commitLinks(commit).committerSeconds
      }
      rows.append((reference.id, label, isTag, seconds ?? .max))
    }
    exact = rows.enumerated().sorted { a, b in
      let (one, other) = (a.element, b.element)
      if one.id != other.id { return one.id < other.id }
      if one.isTag != other.isTag { return one.isTag }
      return one.seconds != other.seconds ? one.seconds < other.seconds : a.offset < b.offset
    }.map { ($0.element.id, $0.element.label) }
  }

  private mutating func touch(
    _ id: ObjectID, _ kind: ObjectKind, _ objects: any ObjectReader
  ) throws {
    if kind == .commit {
      touched.append(id)
      touched += try objects.commitLinks(id).parents
    } else if kind == .tag {
      let tag = try objects.annotatedTag(id)
      if tag.targetKind == .commit { touched.append(tag.target) }
    }
  }

  /// Whether a reference counts, and is then shown as short as it can be; nil when it does not.
  private static func choose(_ name: [UInt8], _ filter: Filter) -> Bool? {
    if filter.takesTagsOnly, !name.starts(with: "refs/tags/".utf8) { return nil }
    if filter.exclusions.contains(where: { matchedPlace(name, $0) != nil }) { return nil }
    let isShort = filter.takesTagsOnly && filter.isBrief
    if filter.patterns.isEmpty { return isShort }
    let places = filter.patterns.compactMap { matchedPlace(name, $0) }
    return places.isEmpty ? nil : isShort || places.contains { $0 > 0 }
  }

  /// Where the components begin, to the end of the name, that a pattern matches.
  private static func matchedPlace(_ name: [UInt8], _ pattern: [UInt8]) -> Int? {
    var start = 0
    while true {
      if Wildcard.matches(pattern, Array(name[start...])) { return start }
      guard let slash = name[start...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
      start = slash + 1
    }
  }

  private static func label(
    _ name: ReferenceName, isShort: Bool, _ parser: RevisionParser
  ) throws -> String {
    if isShort { return try parser.shortestName(of: name, isStrict: false) }
    return String(name.text.dropFirst(name.text.hasPrefix("refs/heads/") ? 11 : 5))
  }

  /// The commit that a reference leads to, and when the last tag on the way was made.
  private static func peel(
    _ id: ObjectID, _ kind: ObjectKind, _ objects: any ObjectReader
  ) throws -> (commit: ObjectID?, taggerSeconds: Int64?) {
    var (id, kind) = (id, kind)
    var seconds: Int64?
    for _ in 0..<Limits.tagDepth where kind == .tag {
      let tag = try objects.annotatedTag(id)
      seconds = tag.tagger?.time?.seconds ?? 0
      id = tag.target
      guard let header = try objects.header(of: id) else { return (nil, seconds) }
      kind = header.kind
    }
    return (kind == .commit ? id : nil, seconds)
  }

  /// The reference that points at an object itself; of several one that git finds.
  func exactLabel(_ id: ObjectID) -> String? {
    guard let first = exact.first?.id, let last = exact.last?.id else { return nil }
    // Git guesses where to look from the first digits that differ in the table, and halves what is
    // left from there; which of equal ones that meets first is told by this alone.
    var (low, high) = (0, exact.count)
    var middle = 0
    if exact.count > 1 {
      for place in stride(from: 0, to: id.algorithm.hexCount - 4, by: 4) {
        let (from, to) = (Self.digits(first, place), Self.digits(last, place))
        let wanted = Self.digits(id, place)
        if wanted < from || wanted > to { return nil }
        guard from != to else { continue }
        middle = (exact.count - 1) * (wanted - from) / (to - from)
        break
      }
    }
    while low < high {
      let candidate = exact[middle]
      if candidate.id == id { return candidate.label }
      if id < candidate.id { high = middle } else { low = middle + 1 }
      middle = low + (high - low) / 2
    }
    return nil
  }

  /// Four hexadecimal digits of a name as a number.
  private static func digits(_ id: ObjectID, _ place: Int) -> Int {
    let hex = Array(id.hex.utf8)[place..<place + 4]
    return hex.reduce(0) { $0 * 16 + Int(Hex.value(of: $1) ?? 0) }
  }
}
