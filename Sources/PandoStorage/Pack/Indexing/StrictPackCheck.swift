package import PandoBytes
package import PandoObjects
internal import Synchronization

/// What `--strict` asks of a pack beside sound bytes: every object can be read as what it is, and
/// whatever it names is in the pack, or there already, and of the right kind.
///
/// Takes about 50 bytes for each object that is named.
package final class StrictPackCheck: PackContentCheck {
  private struct State {
    var checker: ObjectChecker?
    var named = ObjectNumbers()
    /// The kind that each of them must have.
    var kinds: [ObjectKind] = []
    var foreignCount = 0
    var missingModules: [ObjectID] = []
  }

  private let objects: (any ObjectReader)?
  private let algorithm: HashAlgorithm
  private let walksLinks: Bool
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Looks for objects that are named and not in the pack in `objects`.
  ///
  /// - Parameters:
  ///   - policy: what is made of findings inside objects; nil when they are not looked at.
  ///   - report: is given what is wrong, in lines that begin `error: ` or `warning: `.
  package init(
    _ objects: (any ObjectReader)?, algorithm: HashAlgorithm, walksLinks: Bool,
    policy: CheckPolicy?, report: @escaping @Sendable (String) -> Void
  ) {
    self.objects = objects
    self.algorithm = algorithm
    self.walksLinks = walksLinks
    self.report = report
    state.withLock { state in
      state.checker = policy.map { ObjectChecker($0, algorithm: algorithm) }
    }
  }

  /// How many objects are named that are not in the pack. Known when the pack is.
  package var foreignCount: Int { state.withLock { $0.foreignCount } }

  /// Blobs that trees name `.gitmodules` and that are nowhere. Known when the pack is.
  package var missingModules: [ObjectID] { state.withLock { $0.missingModules } }

  package func check(
    _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?
  ) throws(PandoError) {
    // A blob too large to be held is none that counts.
    guard let body else { return }
    var isReadable = true
    do throws(ObjectForm.Fault) { try ObjectForm.check(kind, body, algorithm) } catch {
      if let words = error.explanation(of: id) { report("error: \(words)") }
      // Git looks into trees later than into the others.
      guard kind == .tree else { throw PandoError(.corrupt, "invalid \(kind)") }
      isReadable = false
    }
    let isSound = state.withLock { state in
      state.checker?.check(kind, body, id: id, tell) ?? true
    }
    guard isSound else { throw PandoError(.corrupt, "fsck error in packed object") }
    guard isReadable else {
      throw PandoError(.corrupt, "Not all child objects of \(id) are reachable")
    }
    // What tags and commits name must be of the right kind in any case, if it is in the pack.
    guard kind != .blob, walksLinks || kind != .tree else { return }
    let links: [(id: ObjectID, kind: ObjectKind)]
    do throws(ParseError) {
      links = try Self.links(kind, body, algorithm)
    } catch {
      throw PandoError(.corrupt, "invalid \(kind)")
    }
    let isConsistent = state.withLock { state in
      for link in links {
        let (number, isNew) = state.named.insert(link.id)
        if isNew {
          state.kinds.append(link.kind)
        } else if state.kinds[number] != link.kind {
          return false
        }
      }
      return true
    }
    guard isConsistent else {
      throw PandoError(.corrupt, "Not all child objects of \(id) are reachable")
    }
  }

  private func tell(_ finding: FsckFinding) {
    let level = finding.isError ? "error" : "warning"
    report("\(level): object \(finding.object): \(finding.message)")
  }

  /// What an object names.
  private static func links(
    _ kind: ObjectKind, _ body: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(ParseError) -> [(id: ObjectID, kind: ObjectKind)] {
    switch kind {
    case .blob: return []
    case .commit:
      let commit = try CommitLinks(parsing: body, algorithm: algorithm)
      return [(commit.tree, .tree)] + commit.parents.map { ($0, .commit) }
    case .tag:
      let tag = try AnnotatedTag(parsing: body, algorithm: algorithm)
      return [(tag.target, tag.targetKind)]
    case .tree:
      var bytes: [UInt8] = []
      bytes.append(copying: body)
      let tree = try Tree(parsing: bytes, algorithm: algorithm)
      return tree.compactMap { entry in
        // A submodule's commit is somewhere else.
        entry.mode.isSubmodule ? nil : (entry.id, entry.mode.kind)
      }
    }
  }

  package func finish(
    _ kind: (ObjectID) -> ObjectKind?,
    _ read: (ObjectID) throws(PandoError) -> RawObject?
  ) throws(PandoError) {
    try finishLinks(kind)
    guard var checker = state.withLock({ $0.checker }) else { return }
    var missing: [ObjectID] = []
    var isSound = true
    try checker.finish { (id) throws(PandoError) in
      if let object = try read(id) { return object }
      return try objects?.read(id)
    } _: { finding in
      // Whoever started the transfer may fetch it still.
      if finding.id.name == "gitmodulesMissing" {
        missing.append(finding.object)
      } else {
        tell(finding)
        if finding.isError { isSound = false }
      }
    }
    guard isSound else { throw PandoError(.corrupt, "fsck error in pack objects") }
    state.withLock { $0.missingModules = missing }
  }

  private func finishLinks(_ kind: (ObjectID) -> ObjectKind?) throws(PandoError) {
    let (named, kinds) = state.withLock { ($0.named, $0.kinds) }
    var foreign = 0
    for number in 0..<named.count {
      let id = named.ids[number]
      let wanted = kinds[number]
      var found = kind(id)
      if found == nil {
        guard walksLinks else { continue }
        foreign += 1
        found = try objects?.header(of: id)?.kind
      }
      guard let found else {
        throw PandoError(.notFound, "did not receive expected object \(id)")
      }
      guard found == wanted else {
        throw PandoError(
          .corrupt, "object \(id): expected type \(wanted), found \(found)")
      }
    }
    state.withLock { $0.foreignCount = foreign }
  }
}

/// The words behind `--strict=`.
extension CheckPolicy {
  /// Reads `missingEmail=ignore,skipList=file`, given to `set` and `skip`.
  package init(
    strictWords text: String, algorithm: HashAlgorithm,
    list: (String) throws(PandoError) -> [UInt8]
  ) throws(PandoError) {
    self.init(isStrict: true)
    let words = text.split { $0 == " " || $0 == "," || $0 == "|" }
    for word in words {
      guard let end = word.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
        throw PandoError(.invalidInput, "Missing '=': '\(word)'")
      }
      let name = String(word[..<end])
      let value = String(word[word.index(after: end)...])
      if name.lowercased() == "skiplist" {
        try skip(parsing: try list(value), algorithm: algorithm)
      } else {
        try set(name, to: value)
      }
    }
  }
}
