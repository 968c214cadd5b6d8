internal import PandoBytes
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// The references that `describe` may name commits by, the best of each object.
struct DescribedNames {
  /// Which references count.
  enum Kinds {
    case annotatedTags, tags, all
  }

  /// A reference that was found best for what it leads to.
  struct Name {
    /// Its name without what all names here begin with.
    let path: String
    /// The tag object, when it is one that could be read.
    let tag: (id: ObjectID, object: AnnotatedTag)?
    /// How much it is worth: annotated tags more than others, tags more than branches.
    let priority: Int

    fileprivate var tagDate: Int64 { tag?.object.tagger?.time?.seconds ?? 0 }
  }

  private static let annotated = 2

  let kinds: Kinds
  private(set) var byObject: [ObjectID: Name] = [:]

  /// Reads the references whose names match one of `patterns`, if there are any, and none of
  /// `exclusions`.
  init(
    _ kinds: Kinds, matching patterns: [[UInt8]], excluding exclusions: [[UInt8]],
    _ source: any RevisionSource
  ) throws {
    self.kinds = kinds
    let all = try ReferenceSelection().list(prefix: "refs/", isTrimmed: false, source)
    for reference in all {
      let name = reference.name.text
      let isTag = name.hasPrefix("refs/tags/")
      guard isTag || kinds == .all else { continue }
      if !patterns.isEmpty || !exclusions.isEmpty {
        guard let short = Self.withoutPlace(name) else { continue }
        func isMatched(_ pattern: [UInt8]) -> Bool { Wildcard.matches(pattern, Array(short.utf8)) }
        if exclusions.contains(where: isMatched) { continue }
        if !patterns.isEmpty, !patterns.contains(where: isMatched) { continue }
      }
      let path = String(name.dropFirst(kinds == .all ? "refs/".count : "refs/tags/".count))
      try add(path, isTag: isTag, reference.id, source.objects)
    }
  }

  private static func withoutPlace(_ name: String) -> Substring? {
    for place in ["refs/tags/", "refs/heads/", "refs/remotes/"] where name.hasPrefix(place) {
      return name.dropFirst(place.count)
    }
    return nil
  }

  private mutating func add(
    _ path: String, isTag: Bool, _ id: ObjectID, _ objects: any ObjectReader
  ) throws {
    guard let header = try objects.header(of: id) else { return }
    guard header.kind == .tag else {
      let name = Name(path: path, tag: nil, priority: isTag ? 1 : 0)
      if (byObject[id]?.priority ?? -1) < name.priority { byObject[id] = name }
      return
    }
    let tag = try objects.annotatedTag(id)
    let name = Name(path: path, tag: (id, tag), priority: Self.annotated)
    let target = try objects.peel(id).id
    if let known = byObject[target], known.priority == Self.annotated,
      known.tagDate >= name.tagDate
    {
      return
    }
    byObject[target] = name
  }

  /// How good the names are for the commits that have them.
  var ranks: [ObjectID: CommitDescriber.Rank] {
    byObject.mapValues { name in
      if name.priority == Self.annotated { return .preferred }
      return kinds == .annotatedTags ? .passedOver : .usable
    }
  }

  /// Whether the name may stand for its own commit.
  func isUsable(_ name: Name) -> Bool { kinds != .annotatedTags || name.priority == Self.annotated }
}

extension DescribedNames.Name {
  /// What kind of name it is, as a search tells of it.
  var title: String { ["head", "lightweight", "annotated"][priority] }
}
