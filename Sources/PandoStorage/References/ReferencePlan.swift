internal import PandoBytes
internal import PandoObjects

/// What a transaction does to each reference that it touches: the edits with symbolic references
/// followed, and the references whose log alone grows.
struct ReferencePlan {
  /// What happens to one reference.
  enum Change: Hashable {
    case set(ReferenceTarget)
    case delete
    case verify
    /// Its log tells of the change of the reference that it leads to.
    case log(ReferenceName)
  }

  /// One reference.
  struct Step {
    let name: ReferenceName
    let change: Change
    let expected: ReferenceEdit.Expected
    /// The name that the caller used.
    let asked: ReferenceName
    let createsReflog: Bool
    let passes: [ReflogStep]
    /// What the reference says, nil when it does not exist.
    var current: ReferenceTarget?

    /// Whether the reference's value is to be replaced.
    var writes: Bool {
      if case .set(let target) = change { target != current } else { false }
    }
  }

  /// The steps in name order, which is the order in which locks are taken.
  private(set) var steps: [Step] = []
  private var names: [ReferenceName: ReferenceName] = [:]
  /// The references that are set.
  private var created: Set<ReferenceName> = []
  private let algorithm: HashAlgorithm

  typealias Reader = (ReferenceName) throws(PandoError) -> ReferenceTarget?

  /// Works out the steps by reading references as they are now.
  ///
  /// Throws `.invalidInput` when a reference would be changed twice.
  init(
    _ edits: [ReferenceEdit], algorithm: HashAlgorithm, read: Reader
  ) throws(PandoError) {
    self.algorithm = algorithm
    for edit in edits where names.updateValue(edit.name, forKey: edit.name) != nil {
      throw ReferenceProblem.duplicate(edit.name)
    }
    var headTarget: ReferenceName?
    if case .symbolic(let name)? = try Self.tolerantHead(read) { headTarget = name }
    for edit in edits { try add(Self.normalized(edit), headTarget, read) }
    steps.sort { $0.name < $1.name }
  }

  /// A broken `HEAD` must not keep other references from being changed.
  private static func tolerantHead(_ read: Reader) throws(PandoError) -> ReferenceTarget? {
    do throws(PandoError) { return try read(.head) } catch  where error.code == .corrupt {
      return nil
    }
  }

  /// The null ID stands for "no reference", as in Git's own interfaces.
  private static func normalized(_ edit: ReferenceEdit) -> ReferenceEdit {
    var edit = edit
    if case .id(let id) = edit.expected, id.isNull { edit.expected = .absent }
    if case .set(.direct(let id)) = edit.change, id.isNull { edit.change = .delete }
    return edit
  }

  private mutating func add(
    _ edit: ReferenceEdit, _ headTarget: ReferenceName?, _ read: Reader
  ) throws(PandoError) {
    for case .direct(let id) in [edit.newTarget, edit.expectedTarget].compactMap(\.self)
    where id.algorithm != algorithm {
      throw PandoError(
        .invalidInput, "'\(id)' is no object ID of a \(algorithm.name) repository")
    }
    var name = edit.name
    var links: [(name: ReferenceName, target: ReferenceTarget)] = []
    var current = try ReferenceProblem.reading(for: edit.name) { () throws(PandoError) in
      try read(name)
    }
    while edit.followsSymbolic, case .symbolic(let next)? = current {
      guard links.count < Limits.symbolicDepth else {
        throw ReferenceProblem.unresolvable(name, asked: edit.name)
      }
      links.append((name, .symbolic(next)))
      if names.updateValue(edit.name, forKey: next) != nil {
        throw ReferenceProblem.duplicate(next, by: name)
      }
      name = next
      current = try ReferenceProblem.reading(for: edit.name) { () throws(PandoError) in
        try read(next)
      }
    }
    let change: Change =
      switch edit.change {
      case .set(let target): .set(target)
      case .delete: .delete
      case .verify: .verify
      }
    if case .set = change { created.insert(name) }
    steps.append(
      Step(
        name: name, change: change, expected: edit.expected, asked: edit.name,
        createsReflog: edit.createsReflog, passes: edit.passes, current: current))
    if name == headTarget, names[.head] == nil {
      names[.head] = edit.name
      links.append((.head, .symbolic(name)))
    }
    for link in links {
      steps.append(
        Step(
          name: link.name, change: .log(name), expected: .any, asked: edit.name,
          createsReflog: edit.createsReflog, passes: edit.passes, current: link.target))
    }
  }
}

extension ReferenceEdit {
  fileprivate var newTarget: ReferenceTarget? {
    if case .set(let target) = change { target } else { nil }
  }

  fileprivate var expectedTarget: ReferenceTarget? {
    if case .id(let id) = expected { .direct(id) } else { nil }
  }
}

// MARK: Checking

extension ReferencePlan {
  /// Takes over what a reference says now that it is locked. False when the plan no longer fits,
  /// because a symbolic reference leads elsewhere.
  mutating func confirm(_ index: Int, _ current: ReferenceTarget?) -> Bool {
    if steps[index].current == current { return true }
    if case .symbolic? = steps[index].current { return false }
    if case .symbolic? = current { return false }
    steps[index].current = current
    return true
  }

  /// Whether a step's reference is what its edit expects.
  func checkExpectation(_ step: Step, currentID: ObjectID?) throws(PandoError) {
    switch step.expected {
    case .any: return
    case .absent:
      if step.current != nil {
        throw ReferenceProblem.cannotLock(step.asked, "reference already exists")
      }
    case .present:
      if step.current == nil {
        throw ReferenceProblem.unresolvable(step.name, asked: step.asked)
      }
    case .id(let expected):
      guard let currentID else {
        throw ReferenceProblem.unresolvable(step.name, asked: step.asked)
      }
      if currentID != expected {
        throw ReferenceProblem.cannotLock(
          step.asked, "is at \(currentID) but expected \(expected)")
      }
    }
  }

  /// Whether nothing stands in the way of a new reference: none above and none below it.
  func checkAvailability(
    _ step: Step, exists: (ReferenceName) throws(PandoError) -> Bool,
    anyBelow: (ReferenceName) throws(PandoError) -> ReferenceName?
  ) throws(PandoError) {
    let bytes = step.name.bytes.bytes
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
      guard let prefix = ReferenceName(ByteString(Array(bytes[..<index]))) else { continue }
      if try exists(prefix) { throw ReferenceProblem.exists(prefix, blocking: step.name) }
      if created.contains(prefix) { throw ReferenceProblem.together(step.name, prefix) }
    }
    if let other = try anyBelow(step.name) {
      throw ReferenceProblem.exists(other, blocking: step.name)
    }
    if let other = firstCreated(below: step.name) {
      throw ReferenceProblem.together(step.name, other)
    }
  }

  /// The first reference that the transaction sets below a name. O(log n), and O(1) for each that
  /// it only deletes or checks there.
  private func firstCreated(below name: ReferenceName) -> ReferenceName? {
    let directory = name.bytes.bytes + [UInt8(ascii: "/")]
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].name.bytes.bytes.lexicographicallyPrecedes(directory) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return steps[low...].lazy.map(\.name)
      .prefix { $0.bytes.bytes.starts(with: directory) }.first { created.contains($0) }
  }

  /// Whether a reference may point at an object.
  static func checkObject(_ step: Step, in objects: any ObjectReader) throws(PandoError) {
    guard case .set(.direct(let id)) = step.change else { return }
    guard let header = try objects.header(of: id) else {
      throw PandoError(
        .notFound,
        "cannot update ref '\(step.name)': trying to write ref '\(step.name)' with nonexistent "
          + "object \(id)")
    }
    let isBranch = step.name == .head || step.name.bytes.hasPrefix("refs/heads/")
    if isBranch, header.kind != .commit {
      throw PandoError(
        .invalidInput,
        "cannot update ref '\(step.name)': trying to write non-commit object \(id) to branch "
          + "'\(step.name)'")
    }
  }
}

// MARK: Logs

extension ReferencePlan {
  /// The lines for one log.
  struct LogLines {
    let name: ReferenceName
    let entries: [ReflogEntry]
    let createsLog: Bool
  }

  /// The lines that logs get, in the order of the steps; none for a step that has no note.
  ///
  /// - Parameter resolve: the object that a reference led to before the transaction.
  func logLines(
    _ note: ReflogNote?, resolve: (ReferenceTarget?) throws(PandoError) -> ObjectID?
  ) throws(PandoError) -> [LogLines] {
    var news: [ReferenceName: ObjectID?] = [:]
    var olds: [ReferenceName: ObjectID?] = [:]
    for step in steps {
      switch step.change {
      case .set(.direct(let id)): news[step.name] = .some(id)
      case .delete: news[step.name] = .some(nil)
      case .set(.symbolic), .verify, .log: continue
      }
      olds[step.name] = .some(try resolve(step.current))
    }
    let null = ObjectID.null(algorithm)
    var lines: [LogLines] = []
    for step in steps {
      let old: ObjectID?
      let new: ObjectID?
      switch step.change {
      case .verify, .delete: continue
      case .set(.direct(let id)):
        guard step.writes else { continue }
        (old, new) = (olds[step.name] ?? nil, id)
      case .set(.symbolic(let target)):
        let pending = news[target]
        let targetID = if let pending { pending } else { try resolve(.symbolic(target)) }
        guard let targetID else { continue }
        (old, new) = (try resolve(step.current), targetID)
      case .log(let changed):
        guard let change = news[changed] else { continue }
        (old, new) = (olds[changed] ?? nil, change)
      }
      let entries = Self.entries(step, from: old ?? null, to: new ?? null, note)
      guard !entries.isEmpty else { continue }
      lines.append(
        LogLines(name: step.name, entries: entries, createsLog: step.createsReflog))
    }
    return lines
  }

  /// The lines of one log, from one object to another by way of those between.
  private static func entries(
    _ step: Step, from old: ObjectID, to new: ObjectID, _ note: ReflogNote?
  ) -> [ReflogEntry] {
    var passes = step.passes
    if passes.isEmpty, let note { passes = [ReflogStep(id: new, note: note)] }
    var last = old
    return passes.map { pass in
      defer { last = pass.id }
      return ReflogEntry(
        old: last, new: pass.id, signature: pass.note.signature,
        message: ByteString(pass.note.message))
    }
  }
}
