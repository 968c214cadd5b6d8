internal import PandoBytes
package import PandoObjects

/// What one append to a journal makes durable: objects, and the branches that move to them.
///
/// On the disk: the length and the CRC-32 of what follows, four bytes each; the number of objects
/// and the objects, each a byte of kind, with the bit `0x80` when it is a delta, then the base's
/// name if so, the number of bytes and the bytes; the number of moves and the moves, each the
/// branch, a byte that tells whether it existed, the commit that it was at if so, the number of
/// steps and the steps, each a commit, a signature and a message. Numbers are in seven bits a byte,
/// low ones first; texts have their length before them. A record of length 0 is the end.
package struct JournalRecord: Sendable {
  /// Where a branch goes, by which commits.
  package struct Move: Hashable, Sendable {
    /// The branch.
    package var name: ReferenceName
    /// The commit that it was at; nil when it did not exist.
    package var expected: ObjectID?
    /// The commits that it goes by, the last of which it will be at.
    package var passes: [ReflogStep]

    package init(name: ReferenceName, expected: ObjectID?, passes: [ReflogStep]) {
      self.name = name
      self.expected = expected
      self.passes = passes
    }
  }

  /// The objects.
  package var batch: ObjectBatch
  /// The moves.
  package var moves: [Move]

  package init(_ batch: ObjectBatch, _ moves: [Move]) {
    self.batch = batch
    self.moves = moves
  }

  /// Marks a delta in the byte of a kind.
  static let deltaBit: UInt8 = 0x80
}

// MARK: Writing

extension JournalRecord {
  /// Appends the record as the disk has it.
  func append(to bytes: inout [UInt8]) {
    var body: [UInt8] = []
    body.append(deltaSize: batch.count)
    for id in batch.ids { append(id, to: &body) }
    body.append(deltaSize: moves.count)
    for move in moves { Self.append(move, to: &body) }
    Self.append(body: body, to: &bytes)
  }

  /// Appends what a record has, behind its length and checksum.
  package static func append(body: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: body.count))
    bytes.append(bigEndian: CRC32.checksum(body.span))
    bytes.append(contentsOf: body)
  }

  private func append(_ id: ObjectID, to bytes: inout [UInt8]) {
    guard let header = batch.header(of: id) else { return }
    if let delta = batch.origin(of: id) {
      bytes.append(header.kind.rawValue | Self.deltaBit)
      delta.base.digest.append(to: &bytes)
      Self.append(delta.bytes, to: &bytes)
    } else if let object = batch[id] {
      bytes.append(header.kind.rawValue)
      Self.append(object.body, to: &bytes)
    }
  }

  private static func append(_ move: Move, to bytes: inout [UInt8]) {
    append(move.name.bytes.bytes, to: &bytes)
    bytes.append(move.expected == nil ? 0 : 1)
    move.expected?.digest.append(to: &bytes)
    bytes.append(deltaSize: move.passes.count)
    for step in move.passes {
      step.id.digest.append(to: &bytes)
      append(step.note.signature.bytes, to: &bytes)
      append(Array(step.note.message.utf8), to: &bytes)
    }
  }

  private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(deltaSize: text.count)
    bytes.append(contentsOf: text)
  }
}
