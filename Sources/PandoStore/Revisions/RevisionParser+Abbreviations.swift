internal import PandoBytes
package import PandoObjects

/// Names cut short: which object they stand for, and how short a name can be.
extension RevisionParser {
  func abbreviatedID(
    _ text: [UInt8], hint: Hint, isQuiet: Bool
  ) throws(PandoError) -> ObjectID? {
    guard
      let prefix = ObjectIDPrefix(shown(text), algorithm: objects.hashAlgorithm)
    else { return nil }
    let all = try source.ids(matching: prefix)
    if all.count <= 1 { return all.first }
    let hint = hint == .any ? try configuredHint() : hint
    let fitting = hint == .any ? all : try all.filter(fitting: hint, in: objects)
    if hint != .any, let only = fitting.first, fitting.count == 1 { return only }
    if !isQuiet {
      note(.error("short object ID \(prefix.hex) is ambiguous"))
      note(.hint(try candidateList(fitting.isEmpty ? all : fitting)))
    }
    return nil
  }

  private func configuredHint() throws(PandoError) -> Hint {
    switch try source.configurationValue("core.disambiguate") {
    case "commit": .commit
    case "committish": .committish
    case "tree": .tree
    case "treeish": .treeish
    case "blob": .blob
    default: .any
    }
  }

  private func candidateList(_ ids: [ObjectID]) throws(PandoError) -> String {
    var lines: [(rank: Int, id: ObjectID, text: String)] = []
    for id in ids {
      let short = try abbreviation(of: id)
      guard let object = try? objects.read(id) else {
        lines.append((4, id, "\(short) [bad object]"))
        continue
      }
      switch object.kind {
      case .tag: lines.append((0, id, tagLine(short, object)))
      case .commit: lines.append((1, id, commitLine(short, object)))
      case .tree: lines.append((2, id, "\(short) tree"))
      case .blob: lines.append((3, id, "\(short) blob"))
      }
    }
    lines.sort { ($0.rank, $0.id) < ($1.rank, $1.id) }
    return (["The candidates are:"] + lines.map { "  " + $0.text }).joined(separator: "\n")
  }

  private func tagLine(_ short: String, _ object: RawObject) -> String {
    guard
      let tag = try? AnnotatedTag(parsing: object.body.span, algorithm: objects.hashAlgorithm),
      let name = tag.name
    else { return "\(short) [bad tag, could not parse it]" }
    let seconds = tag.tagger?.time?.seconds ?? 0
    let time = Signature.Time(seconds: seconds, zone: 0)
    return "\(short) tag \(DateFormat.short.text(of: time, at: source.localTime)) - \(name)"
  }

  private func commitLine(_ short: String, _ object: RawObject) -> String {
    guard let commit = try? Commit(parsing: object.body.span, algorithm: objects.hashAlgorithm)
    else { return "\(short) [bad commit, could not parse it]" }
    let time = commit.author?.time ?? Signature.Time(seconds: 0, zone: 0)
    let date = DateFormat.short.text(of: time, at: source.localTime)
    return "\(short) commit \(date) - \(shown(CommitMessage.subject(of: commit.message)))"
  }

  /// The shortest start of a name, of at least `digits`, that no other object shares. Without
  /// `digits`, `core.abbrev` decides, or the number of objects.
  package func abbreviation(of id: ObjectID, digits: Int? = nil) throws(PandoError) -> String {
    let wanted =
      if let digits { digits } else { try configuredDigits() }
    let count = max(ObjectIDPrefix.digitsMin, wanted)
    guard count < objects.hashAlgorithm.hexCount else { return id.hex }
    let short = id.abbreviated(to: count)
    guard let prefix = ObjectIDPrefix(short, algorithm: objects.hashAlgorithm) else {
      return id.hex
    }
    let others = try source.ids(matching: prefix).filter { $0 != id }
    if others.isEmpty { return short }
    var length = count
    let hex = Array(id.hex.utf8)
    for other in others {
      var shared = count
      let digits = Array(other.hex.utf8)
      while shared < hex.count, hex[shared] == digits[shared] { shared += 1 }
      length = max(length, shared + 1)
    }
    return id.abbreviated(to: length)
  }

  /// The digits that `core.abbrev` asks for, or enough for the number of objects: half its bits,
  /// and at least seven.
  package func configuredDigits() throws(PandoError) -> Int {
    let hexCount = objects.hashAlgorithm.hexCount
    switch try source.configurationValue("core.abbrev")?.lowercased() {
    case nil, "auto": break
    case "no", "off", "false": return hexCount
    case let value?:
      guard let digits = Int(value), digits >= ObjectIDPrefix.digitsMin, digits <= hexCount else {
        throw PandoError(.invalidInput, "abbrev length out of range: \(value)")
      }
      return digits
    }
    let bits = Int.bitWidth - max(0, try source.objectCountEstimate()).leadingZeroBitCount
    return max(7, (bits + 1) / 2)
  }
}

extension [ObjectID] {
  /// Those that are, or lead to, what the hint asks for.
  fileprivate func filter(
    fitting hint: RevisionParser.Hint, in objects: any ObjectReader
  ) throws(PandoError) -> [ObjectID] {
    var kept: [ObjectID] = []
    for id in self {
      guard let kind = try objects.header(of: id)?.kind else { continue }
      let peeled = kind == .tag ? (try? objects.peel(id))?.kind : kind
      let fits =
        switch hint {
        case .any: true
        case .commit: kind == .commit
        case .committish: peeled == .commit
        case .tree: kind == .tree
        case .treeish: peeled == .tree || peeled == .commit
        case .blob: kind == .blob
        }
      if fits { kept.append(id) }
    }
    return kept
  }
}
