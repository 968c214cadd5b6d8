package import PandoBytes
internal import PandoFiles
package import PandoObjects

// MARK: Roots

extension ObjectVerification {
  /// Takes an object for a root and returns its kind; nil when it is not there. `isListed` tells
  /// that only objects that were found by the verification count.
  ///
  /// Throws `.corrupt` for an object that is there, and damaged in every copy.
  package mutating func addRoot(
    _ id: ObjectID, path: ByteString?, isListed: Bool = false
  ) throws(PandoError) -> ObjectKind? {
    let number = states.number(of: id)
    if !states[number].isPresent {
      if isListed { return nil }
      guard let object = try readPastDamage(id) else { return nil }
      states.noteUsed(number, as: object.kind)
      states[number].isReachable = true
      return object.kind
    }
    var kind = states[number].kind
    if kind == nil, !isListed { kind = try database.header(of: id)?.kind }
    states[number].isUsed = true
    if let kind { states[number].kind = kind }
    if let path, options.namesObjects, paths[number] == nil { paths[number] = path }
    mark(number)
    return kind ?? .blob
  }

  /// Takes an object for a root that must be there and of that kind; whether it is, is found out
  /// when links are followed.
  package mutating func addNeeded(_ id: ObjectID, _ kind: ObjectKind, path: ByteString) {
    let number = states.number(of: id)
    states.noteUsed(number, as: kind)
    if options.namesObjects, paths[number] == nil { paths[number] = path }
    if states[number].isPresent {
      mark(number)
    } else if promised?.contains(id, parent: nil) != true {
      states[number].isReachable = true
    }
  }

  /// Tells nothing of what is unreachable: without roots, that would be everything.
  package mutating func forgetUnreachable() { options.tellsUnreachable = false }

  private func readPastDamage(_ id: ObjectID) throws(PandoError) -> RawObject? {
    do throws(PandoError) {
      guard let object = try database.read(id), try object.id(database.hashAlgorithm) == id
      else { return nil }
      return object
    } catch {
      for place in database.loosePlaces where (try? place.contains(id)) == true {
        throw PandoError(
          .corrupt, "loose object \(id) (stored in \(shown(place.path(of: id)))) is corrupt")
      }
      // A pack that cannot be opened has nothing.
      guard let pack = try database.packs().first(where: { $0.index.position(of: id) != nil }),
        (try? pack.packFile()) != nil
      else { return nil }
      throw PandoError(
        .corrupt, "packed object \(id) (stored in \(shown(pack.path))) is corrupt")
    }
  }

  /// Notes that an object that is there is reachable.
  private mutating func mark(_ number: Int) {
    guard !states[number].isReachable else { return }
    states[number].isReachable = true
    pending.append(number)
  }
}

// MARK: Links

extension ObjectVerification {
  /// Finds what is missing, broken, unreachable or dangling, and tells of it.
  package mutating func connect() throws(PandoError) {
    progress?.begin("Checking connectivity", total: nil)
    hasWalked = needsWalk
    if hasWalked { try walk() }
    if options.onlyConnects, options.tellsDangling, !options.tellsUnreachable {
      try followUnreachable()
    }
    let order = GitObjectOrder(count: (0..<states.count).count { states[$0].bits != 0 })
    if options.tellsSteps {
      tell(.step("Checking connectivity (\(order.slots) objects)"))
    }
    progress?.update(states.count)
    progress?.end()
    var told: [(slot: UInt32, number: Int)] = []
    for number in 0..<states.count where options.tellsSteps || isTold(states[number]) {
      if states[number].bits != 0 { told.append((order.slot(of: states.id(number)), number)) }
    }
    told.sort { ($0.slot, $0.number) < ($1.slot, $1.number) }
    for (_, number) in told { try conclude(number) }
  }

  /// Whether there is something to say of an object in the end.
  private func isTold(_ state: ObjectStates.State) -> Bool {
    if state.isReachable { return !state.isPresent }
    guard state.isPresent else { return false }
    if options.tellsUnreachable { return hasWalked }
    return !state.isUsed && options.tellsDangling
  }

  private mutating func conclude(_ number: Int) throws(PandoError) {
    if options.tellsSteps { tell(.step("Checking \(named(number))")) }
    let state = states[number]
    guard isTold(state) else { return }
    if state.isReachable {
      // One that a pack has and cannot give has been told of.
      let id = states.id(number)
      let isPacked = try database.packs().contains { $0.index.position(of: id) != nil }
      if !isPacked { tell(.missing(named(number))) }
    } else if options.tellsUnreachable {
      tell(.unreachable(named(number)))
    } else {
      tell(.dangling(named(number)))
    }
  }

  private func named(_ number: Int) -> VerificationEvent.NamedObject {
    let id = states.id(number)
    let kind = states[number].kind ?? (try? database.header(of: id))?.kind
    return VerificationEvent.NamedObject(id, kind, path: paths[number])
  }

  /// Whether reachable objects have to be followed one by one.
  private var needsWalk: Bool {
    if options.onlyConnects || options.namesObjects { return true }
    var hasTips = false
    for number in 0..<states.count {
      let state = states[number]
      if state.isDisputed || !state.isPresent && state.isUsed { return true }
      if state.isPresent, !state.isUsed { hasTips = true }
    }
    // When every tip is a root, nothing is unreachable.
    return options.tellsUnreachable && hasTips
  }

  /// Follows everything from the roots, in Git's order.
  private mutating func walk() throws(PandoError) {
    while let number = pending.popLast() {
      let id = states.id(number)
      guard let object = try readForWalk(number, id) else { continue }
      states[number].kind = object.kind
      var links: [(id: ObjectID, kind: ObjectKind, name: [UInt8])] = []
      collectLinks(object, &links)
      for (position, link) in links.enumerated() {
        let path = Self.path(paths[number], object.kind, link.kind, position, link.name)
        try follow(link.id, link.kind, from: number, path: path)
      }
    }
  }

  private mutating func readForWalk(
    _ number: Int, _ id: ObjectID
  ) throws(PandoError) -> RawObject? {
    let kind = states[number].kind
    if kind == .blob { return nil }
    if kind == nil, try database.header(of: id)?.kind == .blob { return nil }
    if let object = try? database.read(id) { return object }
    if options.onlyConnects {
      tell(.problem(.objects, "\(id): object corrupt or missing"))
    }
    return nil
  }

  private func collectLinks(
    _ object: RawObject, _ links: inout [(id: ObjectID, kind: ObjectKind, name: [UInt8])]
  ) {
    let algorithm = database.hashAlgorithm
    if object.kind == .tree {
      let body = object.body
      ObjectLinks.forEachEntry(body.span, algorithm) { entry, raw in
        guard !entry.isSubmodule, let id = ObjectID(raw, algorithm: algorithm) else { return }
        let name = options.namesObjects ? Array(body[entry.nameStart..<entry.nameEnd]) : []
        links.append((id, entry.isDirectory ? .tree : .blob, name))
      }
    } else {
      ObjectLinks.forEach(object.kind, object.body.span, algorithm) { raw, kind in
        if let id = ObjectID(raw, algorithm: algorithm) { links.append((id, kind, [])) }
      }
    }
  }

  /// Follows one link; `path` is the way to what it leads to.
  private mutating func follow(
    _ id: ObjectID, _ kind: ObjectKind, from parent: Int,
    path: ByteString?
  ) throws(PandoError) {
    let number = states.number(of: id)
    if let known = states[number].kind, known != kind {
      guard states[number].isPresent else { return }
      tell(.problem(.objects, "object \(id) is a \(known), not a \(kind)"))
      let from = named(parent)
      tell(.brokenLink(from: from, to: .init(nil, kind)))
      return tell(
        .objectProblem(from.kind ?? .tree, states.id(parent), "wrong object type in link"))
    }
    states[number].kind = kind
    if let path, paths[number] == nil { paths[number] = path }
    guard !states[number].isReachable else { return }
    if !states[number].isPresent,
      promised?.contains(id, parent: states.id(parent)) == true
    {
      return
    }
    states[number].isReachable = true
    if states[number].isPresent {
      pending.append(number)
    } else if try !holds(id) {
      tell(.brokenLink(from: named(parent), to: named(number)))
    }
  }

  /// Whether there is some copy of an object, sound or not.
  private func holds(_ id: ObjectID) throws(PandoError) -> Bool {
    if try database.packs().contains(where: { $0.index.position(of: id) != nil }) { return true }
    for place in database.loosePlaces where (try? place.contains(id)) == true { return true }
    return id == Tree.emptyID(database.hashAlgorithm)
  }

  /// Notes what unreachable objects name.
  private mutating func followUnreachable() throws(PandoError) {
    for number in 0..<states.count
    where states[number].isPresent && !states[number].isReachable {
      let id = states.id(number)
      guard let kind = (try? database.header(of: id))?.kind else { continue }
      states[number].kind = kind
      guard kind != .blob, let object = try? database.read(id) else { continue }
      var links: [(id: ObjectID, kind: ObjectKind, name: [UInt8])] = []
      collectLinks(object, &links)
      for link in links { states.noteUsed(states.number(of: link.id), as: link.kind) }
    }
  }
}

// MARK: Ways

extension ObjectVerification {
  /// The way to what an object names, as revisions have it; nil when the way to the object itself
  /// is not known.
  private static func path(
    _ base: ByteString?, _ kind: ObjectKind, _ linkKind: ObjectKind, _ position: Int,
    _ name: [UInt8]
  ) -> ByteString? {
    guard let base else { return nil }
    switch (kind, linkKind) {
    case (.commit, .tree): return ByteString(base.bytes + Array(":".utf8))
    case (.commit, _): return parentPath(base, number: position)
    case (.tree, .tree): return ByteString(base.bytes + name + Array("/".utf8))
    case (.tree, _): return ByteString(base.bytes + name)
    default: return base
    }
  }

  /// First parents are `^`, and counted from the second generation on, `~2`; others are `^2`.
  private static func parentPath(_ base: ByteString, number: Int) -> ByteString {
    guard number == 1 else { return ByteString(base.bytes + Array("^\(number)".utf8)) }
    let bytes = base.bytes
    if bytes.last == UInt8(ascii: "^") {
      return ByteString(Array(bytes.dropLast()) + Array("~2".utf8))
    }
    let digits = bytes.reversed().prefix { (48...57).contains($0) }.count
    let stem = bytes.dropLast(digits)
    if digits > 0, stem.last == UInt8(ascii: "~"),
      let generation = Int(String(decoding: bytes.suffix(digits), as: UTF8.self)),
      generation < Int.max
    {
      return ByteString(Array(stem) + Array("\(generation + 1)".utf8))
    }
    return ByteString(bytes + Array("^".utf8))
  }
}

/// The order of Git's table of objects: by the name's first four bytes, as many bits of them as the
/// table has. Objects that fall on one place are in no order that others could know.
struct GitObjectOrder {
  /// The places of the table.
  let slots: Int

  /// The order of a table of so many objects.
  init(count: Int) {
    var slots = 32
    while slots - 1 <= (count - 1) * 2 { slots *= 2 }
    self.slots = count == 0 ? 0 : slots
  }

  /// Where a name belongs.
  func slot(of id: ObjectID) -> UInt32 {
    UInt32(truncatingIfNeeded: id.digest.leadingWord >> 32).byteSwapped
      & UInt32(truncatingIfNeeded: slots - 1)
  }
}
