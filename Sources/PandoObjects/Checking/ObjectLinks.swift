package import PandoBytes

/// What an object names, read from its body without making a value of it.
package enum ObjectLinks {
  /// Gives the raw name of each object that a body names to `body`, with the kind that it must be
  /// of: of a commit the tree and the parents, of a tree the entries but submodules, of a tag its
  /// target. Goes as far as the body can be read.
  package static func forEach(
    _ kind: ObjectKind, _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm,
    _ body: (Span<UInt8>, ObjectKind) -> Void
  ) {
    switch kind {
    case .blob: break
    case .tree:
      forEachEntry(bytes, algorithm) { entry, id in
        if !entry.isSubmodule { body(id, entry.isDirectory ? .tree : .blob) }
      }
    case .commit:
      guard let links = try? CommitLinks(parsing: bytes, algorithm: algorithm) else { return }
      give(links.tree, .tree, body)
      for parent in links.parents { give(parent, .commit, body) }
    case .tag:
      guard let lines = try? ObjectForm.tag(bytes, algorithm) else { return }
      give(lines.target, lines.kind, body)
    }
  }

  /// Gives each entry of a tree's body, and the raw name that it holds, to `body`, up to the first
  /// that cannot be read. Returns whether all can.
  @discardableResult
  package static func forEachEntry(
    _ bytes: Span<UInt8>, _ algorithm: HashAlgorithm,
    _ body: (TreeScan.Entry, Span<UInt8>) -> Void
  ) -> Bool {
    var offset = 0
    while offset < bytes.count {
      guard
        let entry = try? TreeScan.entry(bytes, at: offset, idBytes: algorithm.byteCount)
      else { return false }
      offset = entry.idStart + algorithm.byteCount
      body(entry, bytes.extracting(entry.idStart..<offset))
    }
    return true
  }

  private static func give(
    _ id: ObjectID, _ kind: ObjectKind, _ body: (Span<UInt8>, ObjectKind) -> Void
  ) {
    var raw: [UInt8] = []
    id.digest.append(to: &raw)
    body(raw.span, kind)
  }
}
