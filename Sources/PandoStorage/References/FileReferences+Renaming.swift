internal import PandoBytes
internal import PandoFiles
public import PandoObjects

extension FileReferences {
  /// Gives a reference another name and takes its log along. A reference that has the new name is
  /// replaced. What `HEAD` says is left to the caller.
  ///
  /// Two transactions: between them both names exist, or neither when one is a directory of the
  /// other. Throws `.notFound` when there is no such reference, and `.invalidInput` when it is
  /// symbolic or the new name cannot be made; the old name is left, or put back, then.
  public func rename(
    _ name: ReferenceName, to new: ReferenceName, note: ReflogNote
  ) throws(PandoError) {
    let id = try directID(of: name, verb: "renaming")
    let log = try logBytes(of: name)
    if name == new { return try append(name, id, note) }
    let deletion = ReferenceEdit(name, .delete, expected: .id(id), followsSymbolic: false)
    if name.text.hasPrefix(new.text + "/") || new.text.hasPrefix(name.text + "/") {
      try apply([deletion], note: note)
      do throws(PandoError) { try replace(new, id, log, note) } catch {
        try? make(name, id, log)
        throw error
      }
    } else {
      try replace(new, id, log, note)
      try apply([deletion], note: note)
    }
    try append(new, id, note)
  }

  /// Makes a reference in place of one that may be there.
  private func replace(
    _ name: ReferenceName, _ id: ObjectID, _ log: [UInt8]?, _ note: ReflogNote
  ) throws(PandoError) {
    if try read(name) != nil {
      try apply([ReferenceEdit(name, .delete, followsSymbolic: false)], note: note)
    }
    try make(name, id, log)
  }

  /// Makes a reference that points where another one does, with a copy of its log. A reference that
  /// has the new name is replaced.
  public func copy(
    _ name: ReferenceName, to new: ReferenceName, note: ReflogNote
  ) throws(PandoError) {
    let id = try directID(of: name, verb: "copying")
    if name != new {
      try make(new, id, try logBytes(of: name), expected: .any)
    }
    try append(new, id, note)
  }

  private func directID(
    of name: ReferenceName, verb: String
  ) throws(PandoError) -> ObjectID {
    switch try read(name) {
    case .direct(let id)?: return id
    case nil: throw PandoError(.notFound, "reference '\(name)' does not exist")
    case .symbolic?:
      throw PandoError(
        .invalidInput,
        "refname \(name) is a symbolic ref, \(verb) it is not supported")
    }
  }

  private func logBytes(of name: ReferenceName) throws(PandoError) -> [UInt8]? {
    guard let path = paths.reflog(name) else { return nil }
    return try PandoError.wrapping("cannot read the reflog of '\(name)'") {
      () throws(FileError) in
      guard try fileSystem.status(of: path, followingLinks: true)?.kind == .file else {
        return nil
      }
      return try fileSystem.contents(of: path, limit: Reflog.bytesMax)
    }
  }

  private func make(
    _ name: ReferenceName, _ id: ObjectID, _ log: [UInt8]?,
    expected: ReferenceEdit.Expected = .absent
  ) throws(PandoError) {
    try apply(
      [ReferenceEdit(name, .set(.direct(id)), expected: expected, followsSymbolic: false)],
      note: nil)
    guard let log, let path = paths.reflog(name) else { return }
    try PandoError.wrapping("cannot write the reflog of '\(name)'") { () throws(FileError) in
      if try fileSystem.isDirectory(path) { try fileSystem.removeEmptyTree(path) }
      try fileSystem.createDirectories(path.parent, durability: options.durability)
      try fileSystem.replaceContents(of: path, with: log, durability: options.durability)
    }
  }

  /// Adds a line that tells of the new name.
  private func append(
    _ name: ReferenceName, _ id: ObjectID, _ note: ReflogNote
  ) throws(PandoError) {
    let entry = ReflogEntry(
      old: id, new: id, signature: note.signature, message: ByteString(note.message))
    let lines = ReferencePlan.LogLines(name: name, entries: [entry], createsLog: false)
    _ = try append(lines)
  }
}
