public import PandoBytes
public import PandoObjects

/// What Git says of a name that names nothing.
extension RevisionParser {
  /// Git's words for a revision with a path that is not there, or nil when there is nothing better
  /// to say than that the argument is ambiguous.
  public func misspelling(_ text: ByteString) throws(PandoError) -> PandoError? {
    guard let expression = try? RevisionExpression(parsing: text.bytes.span) else { return nil }
    switch expression.form {
    case .chain, .search:
      // Git looks once more and so says again what is wrong with a step.
      _ = try find(text, isQuiet: true)
      return nil
    case .staged(let stage, let path):
      guard let first = path.first, first != UInt8(ascii: "/") else { return nil }
      let path = try source.resolvedPath(path)
      return try misspelledIndexPath(path, stage: stage)
    case .path(let chain, let path):
      let name = shown(chain.text)
      guard let outer = try id(of: chain, hint: .treeish, isQuiet: false) else {
        return PandoError(.notFound, "invalid object name '\(name)'.")
      }
      let path = try source.resolvedPath(path)
      if try entry(at: path, in: outer) != nil { return nil }
      return try misspelledTreePath(path, in: outer, name: name)
    }
  }

  private func misspelledTreePath(
    _ path: [UInt8], in outer: ObjectID, name: String
  ) throws(PandoError) -> PandoError {
    let file = shown(path)
    if try source.existsOnDisk(path) {
      return PandoError(.notFound, "path '\(file)' exists on disk, but not in '\(name)'")
    }
    let full = (source.prefix ?? []) + path
    if try entry(at: full, in: outer) != nil {
      return PandoError(
        .notFound,
        """
        path '\(shown(full))' exists, but not '\(file)'
        hint: Did you mean '\(name):\(shown(full))' aka '\(name):./\(file)'?
        """)
    }
    return PandoError(.notFound, "path '\(file)' does not exist in '\(name)'")
  }

  private func misspelledIndexPath(
    _ path: [UInt8], stage: Int
  ) throws(PandoError) -> PandoError {
    let file = shown(path)
    let entries = try source.stagedEntries()
    if let entry = entries.first(where: { $0.path.bytes == path }) {
      return PandoError(
        .notFound,
        """
        path '\(file)' is in the index, but not at stage \(stage)
        hint: Did you mean ':\(entry.stage):\(file)'?
        """)
    }
    let full = (source.prefix ?? []) + path
    if let entry = entries.first(where: { $0.path.bytes == full }) {
      return PandoError(
        .notFound,
        """
        path '\(shown(full))' is in the index, but not '\(file)'
        hint: Did you mean ':\(entry.stage):\(shown(full))' aka ':\(entry.stage):./\(file)'?
        """)
    }
    if try source.existsOnDisk(path) {
      return PandoError(.notFound, "path '\(file)' exists on disk, but not in the index")
    }
    return PandoError(
      .notFound, "path '\(file)' does not exist (neither on disk nor in the index)")
  }
}
