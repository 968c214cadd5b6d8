internal import PandoBytes
internal import PandoFiles
public import PandoObjects

/// The pieces of packs that one thread reads commits from. Commits lie together, in about the order
/// in which a walk asks for them.
struct CommitHeads: Sendable {
  /// The distance from one piece to the next, in bytes.
  static let stride = 16 << 10
  /// How far a piece reaches into the next one: the beginning of nearly every commit.
  static let overlap = 1 << 10
  /// How many pieces are kept, each in the one slot where it can be.
  static let slotsMax = 32

  private var slots: [PackBlocks.Block] = []

  /// The bytes from a place in the pack on, at least `overlap` of them unless the pack ends before.
  mutating func block(
    _ pack: PackFile, at offset: Int
  ) throws(FileError) -> PackBlocks.Block {
    if slots.isEmpty { slots = [PackBlocks.Block](repeating: .init(), count: Self.slotsMax) }
    let number = offset / Self.stride
    let start = number * Self.stride
    let slot = (number &+ Int(pack.number) &* 5) % Self.slotsMax
    if slots[slot].pack == pack.number, slots[slot].start == start { return slots[slot] }
    // Dropped first: the memory may be taken again.
    slots[slot] = PackBlocks.Block()
    let wanted = min(Self.stride + Self.overlap, pack.end - start)
    let bytes = try pack.file.read(at: start, count: wanted)
    slots[slot] = PackBlocks.Block(pack: pack.number, start: start, bytes: bytes)
    return slots[slot]
  }
}

extension PackReader {
  /// How many bytes of a commit are decoded at first: a tree, a parent, two people.
  private static let headBytes = 256
  /// How many more when they are not enough.
  private static let headStep = 128
  /// A commit that names more than this has is read whole.
  private static let headBytesMax = 4 << 10

  /// Reads of the commit that begins at `offset` only what a walk needs: its first bytes are
  /// decoded, and the checksum at its end is not looked at. Nil when it takes more than that: it is
  /// a delta, damaged, or no commit at all.
  func linksOfWhole(at offset: Int) throws(PandoError) -> CommitLinks? {
    guard let pack = try packFile() else { return nil }
    guard offset >= PackFile.headerBytes, offset < pack.end else { return nil }
    return try resources.withWorkspace { (workspace) throws(PandoError) in
      guard let block = try? workspace.heads.block(pack, at: offset),
        offset - block.start < block.bytes.count
      else { return nil }
      let bytes = block.bytes.span.extracting(offset - block.start..<block.bytes.count)
      guard let entry = try? PackEntry.parse(bytes, at: offset, algorithm: hashAlgorithm),
        entry.content == .whole(.commit)
      else { return nil }
      let stream = bytes.extracting(entry.dataOffset - offset..<bytes.count)
      return Self.links(stream, entry.size, hashAlgorithm, &workspace.head)
    }
  }

  private static func links(
    _ stream: Span<UInt8>, _ size: Int, _ algorithm: HashAlgorithm, _ head: inout HeadInflater
  ) -> CommitLinks? {
    guard head.start(stream) else { return nil }
    var wanted = headBytes
    while wanted <= headBytesMax {
      guard head.extend(stream, to: min(wanted, size)), head.count <= size else { return nil }
      let isWhole = head.count == size
      let links = head.withBytes { bytes in
        isWhole
          ? try? CommitLinks(parsing: bytes, algorithm: algorithm)
          : try? CommitLinks(parsingStart: bytes, algorithm: algorithm)
      }
      if links != nil || isWhole || head.isAtEnd { return links }
      wanted += headStep
    }
    return nil
  }

  /// Reads of a commit only what a walk needs: its first bytes, unless it is a delta.
  public func parsedCommitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    if let position = index.position(of: id),
      let links = try linksOfWhole(at: offset(at: position))
    {
      return links
    }
    return try wholeCommitLinks(id)
  }
}

extension ObjectDatabase {
  /// Reads of a commit only what a walk needs: its first bytes, unless it is a delta.
  public func parsedCommitLinks(_ id: ObjectID) throws(PandoError) -> CommitLinks {
    // Whatever is wrong with it, the long way tells.
    if !options.verifiesOnRead, let location = try? sources().find(id),
      let links = try? location.reader.linksOfWhole(at: location.offset)
    {
      return links
    }
    return try wholeCommitLinks(id)
  }
}
