internal import PandoBytes
internal import PandoFiles
public import PandoObjects

extension FileReferences {
  /// Moves references from files of their own into `packed-refs`, as `git pack-refs` does; returns
  /// how many. Symbolic references, those of one worktree alone, and those whose object is missing
  /// stay as they are.
  ///
  /// Safe beside readers and writers: the packed file is in place before a file goes, and a file
  /// goes only under its lock and when it still says what was packed. O(n) for all references.
  ///
  /// - Parameters:
  ///   - all: whether to pack everything; otherwise tags alone.
  ///   - prunes: whether the files go once they are packed.
  /// - Throws: `.locked` when somebody else changes the packed file.
  @discardableResult
  public func pack(all: Bool = true, prunes: Bool = true) throws(PandoError) -> Int {
    let held = try lockPacked()
    defer { held.release() }
    let old = try packedReferences()
    var fresh: [Reference] = []
    for reference in try looseReferences("refs/").references.sorted(by: { $0.name < $1.name }) {
      guard let id = reference.target.id, paths.isPackable(reference.name) else { continue }
      let isWanted = all || reference.name.bytes.hasPrefix("refs/tags/")
      guard isWanted, try objects?.contains(id) != false else { continue }
      fresh.append(reference)
    }
    try replacePacked(held, with: try merged(old, fresh))
    // Who deletes one of them waits for this lock.
    held.release()
    if prunes {
      for reference in fresh { try prune(reference) }
    }
    return fresh.count
  }

  /// Gives packed references new values, adds some and takes some out, in one step.
  func changePacked(
    setting news: [Reference], removing names: [ReferenceName] = []
  ) throws(PandoError) {
    let held = try lockPacked()
    defer { held.release() }
    let merged = try merged(
      try packedReferences(), news.sorted { $0.name < $1.name })
    let bytes = try parsingPacked { () throws(ParseError) in
      try PackedReferences(parsing: merged, algorithm: hashAlgorithm).removing(names) ?? merged
    }
    try replacePacked(held, with: bytes)
  }

  private func replacePacked(
    _ held: HeldPackedReferences, with bytes: [UInt8]
  ) throws(PandoError) {
    try PandoError.wrapping("unable to write \(paths.packed)") { () throws(FileError) in
      try held.write(bytes, options.durability)
    }
    try held.commit(options.durability)
  }

  /// The packed file with some references replaced and added.
  private func merged(
    _ old: PackedReferences, _ fresh: [Reference]
  ) throws(PandoError) -> [UInt8] {
    // Without objects nobody can tell what tags lead to, so nothing is promised.
    var file = PackedReferences.header(objects == nil ? .none : .all)
    var kept: [PackedReferences.Record] = []
    try parsingPacked { () throws(ParseError) in
      try old.forEach(prefix: []) { kept.append($0) }
    }
    var next = fresh[...]
    for record in kept {
      let name = old.bytes[record.name]
      while let first = next.first, first.name.bytes.bytes.lexicographicallyPrecedes(name) {
        try append(first.name.bytes, first.target.id, nil, to: &file)
        next.removeFirst()
      }
      if let first = next.first, first.name.bytes.bytes.elementsEqual(name) { continue }
      try append(ByteString(Array(name)), record.id, record.peeled, to: &file)
    }
    for reference in next {
      try append(reference.name.bytes, reference.target.id, nil, to: &file)
    }
    return file
  }

  private func append(
    _ name: ByteString, _ id: ObjectID?, _ peeled: ObjectID?, to file: inout [UInt8]
  ) throws(PandoError) {
    guard let id else { return }
    var peeled = peeled
    if peeled == nil, let objects { peeled = try Self.peel(id, in: objects) }
    PackedReferences.append(name, id, peeled: peeled, to: &file)
  }

  /// What a tag leads to; nil when `id` is no tag, or one that leads to nothing.
  private static func peel(
    _ id: ObjectID, in objects: any ObjectReader
  ) throws(PandoError) -> ObjectID? {
    guard let header = try objects.header(of: id), header.kind == .tag else { return nil }
    do throws(PandoError) { return try objects.peel(id).id } catch  where error.code == .notFound {
      return nil
    }
  }

  /// Removes the file of a packed reference unless it has changed, or is being changed.
  private func prune(_ reference: Reference) throws(PandoError) {
    let lock: HeldReference
    do throws(PandoError) {
      lock = try self.lock(reference.name, asked: reference.name)
    } catch  where error.code == .locked {
      return
    }
    defer {
      lock.release()
      removeEmptyParents(of: lock.path, reference.name)
    }
    guard try readLoose(reference.name, lock.path, kind: nil) == reference.target else { return }
    try PandoError.wrapping("cannot remove \(lock.path)") { () throws(FileError) in
      _ = try fileSystem.remove(lock.path)
    }
  }
}
