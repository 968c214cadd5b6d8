internal import PandoObjects

/// What a partial clone may lack: objects that those name which came from a remote that promised to
/// give the rest.
struct PromisedObjects {
  private let packs: [PackReader]
  /// All that the packs' objects name; made when it is needed first.
  private var named: Set<ObjectID>?

  /// The promises of a database. One listing.
  init(_ database: ObjectDatabase) throws(PandoError) {
    packs = try database.localPacks().filter(\.isPromisor).map(\.reader)
  }

  /// Whether an object that is missing was promised. `parent`, which names it, mostly came from the
  /// remote itself; otherwise all that came from there is read, once.
  mutating func contains(_ id: ObjectID, parent: ObjectID?) -> Bool {
    if let parent, packs.contains(where: { $0.index.position(of: parent) != nil }) { return true }
    let all = named ?? read()
    named = all
    return all.contains(id)
  }

  private func read() -> Set<ObjectID> {
    var all = Set<ObjectID>()
    for pack in packs {
      let algorithm = pack.hashAlgorithm
      // What cannot be read makes no promise, and is told of by who verifies it.
      try? pack.forEachObject { _, object in
        ObjectLinks.forEach(object.kind, object.body.span, algorithm) { raw, _ in
          if let id = ObjectID(raw, algorithm: algorithm) { all.insert(id) }
        }
      }
    }
    return all
  }
}
