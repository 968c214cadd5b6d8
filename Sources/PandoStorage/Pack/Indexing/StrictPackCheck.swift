package import PandoBytes
package import PandoObjects
internal import Synchronization

/// What `--strict` asks of a pack beside sound bytes: every object can be read as what it is, and
/// whatever it names is in the pack, or there already, and of the right kind.
///
/// Takes about 50 bytes for each object that is named.
package final class StrictPackCheck: PackContentCheck {
  private struct State {
    var named = ObjectNumbers()
    /// The kind that each of them must have.
    var kinds: [ObjectKind] = []
    var foreignCount = 0
  }

  private let objects: (any ObjectReader)?
  private let algorithm: HashAlgorithm
  private let walksLinks: Bool
  private let state = Mutex(State())

  /// Looks for objects that are named and not in the pack in `objects`.
  package init(_ objects: (any ObjectReader)?, algorithm: HashAlgorithm, walksLinks: Bool) {
    self.objects = objects
    self.algorithm = algorithm
    self.walksLinks = walksLinks
  }

  /// How many objects are named that are not in the pack. Known when the pack is.
  package var foreignCount: Int { state.withLock { $0.foreignCount } }

  package func check(
    _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?
  ) throws(PandoError) {
    guard let body, kind != .blob else { return }
    let links: [(id: ObjectID, kind: ObjectKind)]
    do throws(ParseError) {
      links = try Self.links(kind, body, algorithm)
    } catch {
      throw PandoError(.corrupt, "invalid \(kind)")
    }
    guard walksLinks else { return }
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

  package func finish(_ kind: (ObjectID) -> ObjectKind?) throws(PandoError) {
    let (named, kinds) = state.withLock { ($0.named, $0.kinds) }
    var foreign = 0
    for number in 0..<named.count {
      let id = named.ids[number]
      let wanted = kinds[number]
      var found = kind(id)
      if found == nil {
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

  /// Says what can only be said at the end.
  package func conclude() throws(PandoError) {}
}
