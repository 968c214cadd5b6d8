internal import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// Describes commits and blobs, one after the other.
struct Description {
  let names: DescribedNames
  private let context: CommandContext
  private let parser: RevisionParser
  /// How many tags are chosen among; none for those that are exact alone.
  private let candidates: Int
  var describer: CommitDescriber
  /// The digits of object names; nil for as many as it takes, 0 for all.
  var digits: Int?
  var isLong = false
  var isDebugging = false
  var showsAlways = false
  /// The references whose tags were found to have other names, and were warned of.
  private var misnamed: Set<String> = []

  init(
    _ names: DescribedNames, context: CommandContext, parser: RevisionParser, candidates: Int
  ) throws {
    self.names = names
    self.context = context
    self.parser = parser
    self.candidates = max(0, candidates)
    describer = CommitDescriber(
      parser.source.objects, grafts: try context.grafts(), ranks: names.ranks)
    describer.candidates = self.candidates
  }

  /// Prints the description of what a word names.
  mutating func show(_ word: ByteString) throws {
    tell("describe \(word)")
    guard let id = try parser.find(word)?.id else {
      throw CommandFailure.fatal("Not a valid object name \(word)")
    }
    let text: String
    if let commit = try commit(id) {
      text = try description(of: commit)
    } else if try parser.source.objects.header(of: id)?.kind == .blob {
      text = try description(ofBlob: id)
    } else {
      throw CommandFailure.fatal("\(word) is neither a commit nor blob")
    }
    try context.output.write(text + "\n")
  }

  private func commit(_ id: ObjectID) throws -> ObjectID? {
    guard try parser.source.objects.contains(id) else { return nil }
    return try parser.source.objects.peelToCommit(id)
  }

  private func tell(_ line: String) {
    // A stream that fails now has nobody left to tell.
    if isDebugging { try? context.errors.write(line + "\n") }
  }

  // MARK: Commits

  private mutating func description(of commit: ObjectID) throws -> String {
    if let name = names.byObject[commit], names.isUsable(name) {
      let (text, isMisnamed) = shown(name)
      guard isMisnamed || isLong else { return text }
      return try text + suffix(depth: 0, of: name.tag?.object.target ?? commit)
    }
    guard candidates > 0 else {
      throw CommandFailure.fatal("no tag exactly matches '\(commit)'")
    }
    tell("No exact match on refs or tags, searching to describe")
    let search = try describer.search(from: commit)
    if let finished = search.finishedAt { tell("finished search at \(finished)") }
    guard let best = search.matches.first, let name = names.byObject[best.commit] else {
      return try withoutName(commit, search)
    }
    tellMatches(search)
    let (text, isMisnamed) = shown(name)
    guard isMisnamed || digits != 0 else { return text }
    return try text + suffix(depth: best.depth, of: commit)
  }

  private func withoutName(
    _ commit: ObjectID, _ search: CommitDescriber.Search
  ) throws -> String {
    if showsAlways { return try abbreviated(commit) }
    throw CommandFailure.fatal(
      search.hasPassedOver
        ? "No annotated tags can describe '\(commit)'.\n"
          + "However, there were unannotated tags: try --tags."
        : "No tags can describe '\(commit)'.\nTry --always, or create some tags.")
  }

  private func tellMatches(_ search: CommitDescriber.Search) {
    for match in search.matches {
      guard let name = names.byObject[match.commit] else { continue }
      let depth = String(match.depth)
      let padding = String(repeating: " ", count: max(0, 8 - depth.utf8.count))
      let indent = String(repeating: " ", count: 12 - name.title.utf8.count)
      tell(" \(name.title)\(indent)\(padding)\(depth) \(name.path)")
    }
    tell("traversed \(search.commitsSeen) commits")
    if let place = search.gaveUpAt {
      let count = search.matches.count
      tell("more than \(count) tags found; listed \(count) most recent\ngave up search at \(place)")
    }
  }

  /// A name as a description begins with it: a tag's own. Whether that is another one than the
  /// reference's is warned of once.
  private mutating func shown(_ name: DescribedNames.Name) -> (text: String, isMisnamed: Bool) {
    guard let own = name.tag?.object.name?.text else { return (name.path, false) }
    let isAll = names.kinds == .all
    let wanted = isAll ? String(name.path.dropFirst("tags/".count)) : name.path
    let isMisnamed = own != wanted
    if isMisnamed, misnamed.insert(name.path).inserted {
      try? context.errors.write(
        "warning: tag '\(name.path)' is externally known as '\(own)'\n")
    }
    return (isAll ? "tags/\(own)" : own, isMisnamed)
  }

  private func suffix(depth: Int, of id: ObjectID) throws -> String {
    "-\(depth)-g\(try abbreviated(id))"
  }

  private func abbreviated(_ id: ObjectID) throws -> String {
    digits == 0 ? id.hex : try parser.abbreviation(of: id, digits: digits)
  }

  // MARK: Blobs

  /// The oldest commit of HEAD's history that has the blob, and the path there; empty when none
  /// has it.
  private mutating func description(ofBlob blob: ObjectID) throws -> String {
    guard let head = try parser.find("HEAD")?.id, let start = try commit(head) else {
      throw CommandFailure.fatal("bad revision 'HEAD'")
    }
    var options = RevisionWalk.Options()
    options.isReversed = true
    options.grafts = try context.grafts()
    let objects = parser.source.objects
    var walk = try RevisionWalk(
      objects, from: [RevisionTerm(id: start, name: "HEAD")], options)
    var listing = ObjectListing(objects)
    while let item = try walk.next() {
      listing.add(item)
      while let object = try listing.next() {
        guard object.id == blob else { continue }
        let path = String(decoding: object.path, as: UTF8.self)
        return "\(try description(of: item.id)):\(path)"
      }
    }
    return ""
  }
}
