internal import PandoBytes
internal import PandoObjects
internal import PandoStore

extension WalkArguments {
  /// The commits among the starts, tags followed; what is no commit goes to `listing`, when there
  /// is one.
  func commits(
    _ objects: any ObjectReader, listing: inout ObjectListing?
  ) throws -> [RevisionTerm] {
    var commits: [RevisionTerm] = []
    let graph = objects.commitGraph
    for term in terms {
      var id = term.id
      var name = Array(term.name.utf8)
      for _ in 0...Limits.tagDepth {
        // What the graph has is a commit: nothing has to be read.
        let isKnown = graph?.position(of: id) != nil
        let found = isKnown ? ObjectHeader(kind: .commit, size: 0) : try objects.header(of: id)
        guard let header = found else {
          if id == Tree.emptyID(objects.hashAlgorithm) {
            listing?.add(id, .tree, path: term.path ?? [])
            break
          }
          throw CommandFailure.fatal("bad object \(id)")
        }
        switch header.kind {
        case .commit:
          commits.append(
            RevisionTerm(
              id: id, name: term.name, isExcluded: term.isExcluded, isLeft: term.isLeft))
        case .tag:
          let tag = try objects.annotatedTag(id)
          name = tag.name?.bytes ?? name
          if term.isExcluded {
            listing?.exclude(id)
          } else {
            listing?.add(id, .tag, path: name)
          }
          id = tag.target
          continue
        case .tree:
          if term.isExcluded {
            try listing?.exclude(tree: id)
          } else {
            listing?.add(id, .tree, path: term.path ?? [])
          }
        case .blob:
          if term.isExcluded {
            listing?.exclude(id)
          } else {
            listing?.add(id, .blob, path: term.path ?? [])
          }
        }
        break
      }
    }
    return commits
  }
}
