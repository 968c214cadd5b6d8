public import PandoBytes

/// Looks for what Git refuses or warns of in objects: the checks of `git fsck`, of `receive-pack`
/// with `receive.fsckObjects`, and of `index-pack --strict`.
///
/// One checker sees all objects of one delivery or store, in any order and each as often as it
/// likes; trees tell it which blobs Git would read as `.gitmodules` and `.gitattributes`, and
/// `finish` looks at those that were seen too early. Several checkers can share the work and be
/// joined before that.
///
/// ```swift
/// var checker = ObjectChecker(CheckPolicy(isStrict: true), algorithm: .sha1)
/// try database.forEachObject { id, object in
///   checker.check(object, id: id) { print($0) }
/// }
/// try checker.finish(database) { print($0) }
/// ```
public struct ObjectChecker: Sendable {
  /// What is made of findings.
  public let policy: CheckPolicy
  /// The algorithm that names the objects.
  public let hashAlgorithm: HashAlgorithm
  private var modules = NamedBlobs()
  private var attributes = NamedBlobs()

  /// Blobs that trees give a name that counts.
  private struct NamedBlobs: Sendable {
    var found: Set<ObjectID> = []
    var checked: Set<ObjectID> = []
  }

  /// The most bytes that Git reads of a `.gitattributes`.
  static let attributesBytesMax = 100 << 20
  /// The longest line that Git reads of a `.gitattributes`.
  static let attributesLineMax = 2048

  /// A checker that has seen nothing.
  public init(_ policy: CheckPolicy = CheckPolicy(), algorithm: HashAlgorithm) {
    self.policy = policy
    hashAlgorithm = algorithm
  }

  /// Adds what another checker has learned of blobs.
  public mutating func formUnion(_ other: ObjectChecker) {
    modules.found.formUnion(other.modules.found)
    modules.checked.formUnion(other.modules.checked)
    attributes.found.formUnion(other.attributes.found)
    attributes.checked.formUnion(other.attributes.checked)
  }

  /// Checks an object. See `check(_:_:id:_:)`.
  @discardableResult
  public mutating func check(
    _ object: RawObject, id: ObjectID, _ report: (FsckFinding) -> Void
  ) -> Bool {
    check(object.kind, object.body.span, id: id, report)
  }

  /// Checks a body and gives each finding to `report`; false when one of them is an error. O(n).
  /// The body is not hashed: `id` is only told.
  @discardableResult
  public mutating func check(
    _ kind: ObjectKind, _ body: Span<UInt8>, id: ObjectID, _ report: (FsckFinding) -> Void
  ) -> Bool {
    switch kind {
    case .tree: return checkTree(body, id, report)
    case .blob: return checkBlob(body, id, report)
    case .commit:
      var check = HeaderCheck(hashAlgorithm)
      return check.commit(body) { tell($0, $1, .commit, id, report) }
    case .tag:
      var check = HeaderCheck(hashAlgorithm)
      return check.tag(body) { tell($0, $1, .tag, id, report) }
    }
  }

  /// Whether a blob's content counts, as far as trees have told: others need not be read.
  public func needsContent(ofBlob id: ObjectID) -> Bool {
    modules.found.contains(id) && !modules.checked.contains(id)
      || attributes.found.contains(id) && !attributes.checked.contains(id)
  }

  /// Tells a finding as the policy has it; false when it is an error.
  private func tell(
    _ message: FsckMessage.ID, _ text: ByteString, _ kind: ObjectKind, _ id: ObjectID,
    _ report: (FsckFinding) -> Void
  ) -> Bool {
    let severity = policy.severity(of: message)
    guard severity != .ignore, !policy.skipped.contains(id) else { return true }
    let finding = FsckFinding(
      object: id, kind: kind, id: message, severity: severity, text: text)
    report(finding)
    return !finding.isError
  }
}

// MARK: Trees

extension ObjectChecker {
  private mutating func checkTree(
    _ body: Span<UInt8>, _ id: ObjectID, _ report: (FsckFinding) -> Void
  ) -> Bool {
    var check = TreeCheck(isStrict: policy.isStrict, idBytes: hashAlgorithm.byteCount)
    var isSound = true
    var offset = 0
    do throws(TreeScan.Fault) {
      while offset < body.count {
        let entry = try TreeScan.entry(body, at: offset, idBytes: hashAlgorithm.byteCount)
        offset = entry.idStart + hashAlgorithm.byteCount
        guard check.take(entry, in: body) else { continue }
        let name = [UInt8](copying: body.extracting(entry.nameStart..<entry.nameEnd))
        if PathPolicy.isDotGit(name) { check.noteDotGit() }
        if !checkName(name, entry, body, id, report) { isSound = false }
      }
    } catch {
      return tell(.badTree, "cannot be parsed as a tree", .tree, id, report)
        && isSound
    }
    for (problem, message, text) in TreeProblems.told where check.problems.contains(problem) {
      if !tell(message, ByteString(text), .tree, id, report) { isSound = false }
    }
    return isSound
  }

  /// Notes blobs whose content counts, and tells of links in their place.
  private mutating func checkName(
    _ name: [UInt8], _ entry: TreeScan.Entry, _ body: Span<UInt8>, _ id: ObjectID,
    _ report: (FsckFinding) -> Void
  ) -> Bool {
    let raw = body.extracting(entry.idStart..<entry.idStart + hashAlgorithm.byteCount)
    guard let target = ObjectID(raw, algorithm: hashAlgorithm) else { return true }
    var isSound = true
    func link(_ message: FsckMessage.ID, _ text: String) {
      if !tell(message, ByteString(text), .tree, id, report) { isSound = false }
    }
    if PathPolicy.isSpelling(name, of: .modules) {
      if entry.isSymbolicLink {
        link(.gitmodulesSymlink, ".gitmodules is a symbolic link")
      } else {
        modules.found.insert(target)
      }
    }
    if PathPolicy.isSpelling(name, of: .attributes) {
      if entry.isSymbolicLink {
        link(.gitattributesSymlink, ".gitattributes is a symlink")
      } else {
        attributes.found.insert(target)
      }
    }
    if entry.isSymbolicLink {
      if PathPolicy.isSpelling(name, of: .ignore) {
        link(.gitignoreSymlink, ".gitignore is a symlink")
      }
      if PathPolicy.isSpelling(name, of: .mailmap) {
        link(.mailmapSymlink, ".mailmap is a symlink")
      }
    }
    if PathPolicy.hasStep(name, spelling: .modules) {
      if entry.isSymbolicLink {
        link(.gitmodulesSymlink, ".gitmodules is a symbolic link")
      } else {
        modules.found.insert(target)
      }
    }
    return isSound
  }
}

// MARK: Blobs

extension ObjectChecker {
  private mutating func checkBlob(
    _ body: Span<UInt8>, _ id: ObjectID, _ report: (FsckFinding) -> Void
  ) -> Bool {
    // Nearly always there are none, or few.
    if modules.found.isEmpty, attributes.found.isEmpty { return true }
    var isSound = true
    if modules.found.contains(id), modules.checked.insert(id).inserted,
      !checkModules(body, id, report)
    {
      isSound = false
    }
    if attributes.found.contains(id), attributes.checked.insert(id).inserted,
      !checkAttributes(body, id, report)
    {
      isSound = false
    }
    return isSound
  }

  private func checkModules(
    _ body: Span<UInt8>, _ id: ObjectID, _ report: (FsckFinding) -> Void
  ) -> Bool {
    guard body.count <= ConfigFile.bytesMax else {
      return tell(
        .gitmodulesLarge, ".gitmodules too large to parse", .blob, id, report)
    }
    var isSound = true
    do throws(ParseError) {
      try ModulesCheck.check([UInt8](copying: body)) { message, text in
        if !tell(message, ByteString(text), .blob, id, report) { isSound = false }
      }
    } catch {
      let text: ByteString = "could not parse gitmodules blob"
      if !tell(.gitmodulesParse, text, .blob, id, report) { isSound = false }
    }
    return isSound
  }

  private func checkAttributes(
    _ body: Span<UInt8>, _ id: ObjectID, _ report: (FsckFinding) -> Void
  ) -> Bool {
    guard body.count <= Self.attributesBytesMax else {
      return tell(
        .gitattributesLarge, ".gitattributes too large to parse", .blob, id, report)
    }
    var start = 0
    while start < body.count {
      let end = body.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? body.count
      guard end - start < Self.attributesLineMax else {
        let text: ByteString = ".gitattributes has too long lines to parse"
        return tell(.gitattributesLineLength, text, .blob, id, report)
      }
      start = end + 1
    }
    return true
  }

  /// Checks the blobs that count and were not seen after the tree that names them, and tells of
  /// those that are missing or no blobs; false when a finding is an error. Reads each once.
  @discardableResult
  public mutating func finish(
    _ objects: any ObjectReader, _ report: (FsckFinding) -> Void
  ) throws(PandoError) -> Bool {
    try finish({ id throws(PandoError) in try objects.read(id) }, report)
  }

  /// Like `finish(_:_:)`, with a closure that reads an object, or gives nil for one that is absent.
  @discardableResult
  public mutating func finish(
    _ read: (ObjectID) throws(PandoError) -> RawObject?, _ report: (FsckFinding) -> Void
  ) throws(PandoError) -> Bool {
    var isSound = true
    for id in modules.found.subtracting(modules.checked).sorted() {
      guard
        try finish(
          id, ".gitmodules", missing: .gitmodulesMissing, other: .gitmodulesBlob, read, report)
      else {
        isSound = false
        continue
      }
    }
    for id in attributes.found.subtracting(attributes.checked).sorted() {
      guard
        try finish(
          id, ".gitattributes", missing: .gitattributesMissing, other: .gitattributesBlob, read,
          report)
      else {
        isSound = false
        continue
      }
    }
    return isSound
  }

  private mutating func finish(
    _ id: ObjectID, _ name: String, missing: FsckMessage.ID, other: FsckMessage.ID,
    _ read: (ObjectID) throws(PandoError) -> RawObject?, _ report: (FsckFinding) -> Void
  ) throws(PandoError) -> Bool {
    guard let object = try read(id) else {
      return tell(missing, ByteString("unable to read \(name) blob"), .blob, id, report)
    }
    guard object.kind == .blob else {
      return tell(other, ByteString("non-blob found at \(name)"), object.kind, id, report)
    }
    return checkBlob(object.body.span, id, report)
  }
}
