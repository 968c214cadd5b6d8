internal import PandoBytes
internal import PandoObjects

/// A tree all of whose entries have been met, and where each of them begins.
struct KnownTree {
  let body: [UInt8]
  let starts: [UInt32]

  /// Where the entry of a row begins; the body's end behind the last one.
  func start(_ row: Int) -> Int { row < starts.count ? Int(starts[row]) : body.count }
}

/// Reads the entries of a tree in place, and of those only the ones that a similar tree has not.
///
/// Most trees of a history differ from the one before in one entry. What both have is passed over
/// at the speed of memory, without a look at single entries: a tree of 420 entries takes 1 µs where
/// asking a table for each entry takes 12.
struct FreshEntries {
  /// An entry that is new.
  struct Entry {
    let mode: TreeEntry.Mode
    let name: Range<Int>
    let id: ObjectID
    /// What the similar tree has under this name, when both are directories.
    let counterpart: ObjectID?
  }

  let body: [UInt8]
  private let algorithm: HashAlgorithm
  private let reference: KnownTree?
  private var row = 0
  private var position = 0
  private var starts: [UInt32] = []

  /// Begins with a tree's body, and with a tree that may be like it.
  init(_ body: [UInt8], algorithm: HashAlgorithm, reference: KnownTree?) throws(ParseError) {
    guard body.count <= Tree.bodyBytesMax else {
      throw ParseError("tree", "is larger than \(Tree.bodyBytesMax) bytes", at: 0)
    }
    self.body = body
    self.algorithm = algorithm
    self.reference = reference
    if let reference { starts.reserveCapacity(reference.starts.count + 2) }
  }

  /// The tree, once all of it has been read and its entries have been met.
  var known: KnownTree { KnownTree(body: body, starts: starts) }

  /// The next entry that the similar tree has not; nil at the end. Throws where the body is no
  /// tree.
  mutating func next() throws(ParseError) -> Entry? {
    // A copy of the reference: a span of the stored one would forbid every step.
    let body = body
    let bytes = body.span
    while position < bytes.count {
      guard let reference, row < reference.starts.count else {
        return take(try RawTreeEntry(bytes, at: position, algorithm: algorithm), nil)
      }
      skipShared(reference)
      guard position < bytes.count else { break }
      let entry = try RawTreeEntry(bytes, at: position, algorithm: algorithm)
      guard row < reference.starts.count else { return take(entry, nil) }
      let others = reference.body.span
      let other = try RawTreeEntry(others, at: reference.start(row), algorithm: algorithm)
      let order = entry.order(in: bytes, before: other, in: others)
      if order >= 0 { row += 1 }
      if order > 0 { continue }
      let areDirectories = order == 0 && entry.mode.isDirectory && other.mode.isDirectory
      return take(entry, areDirectories ? other.id(in: others, algorithm: algorithm) : nil)
    }
    return nil
  }

  private mutating func take(_ entry: RawTreeEntry, _ counterpart: ObjectID?) -> Entry {
    starts.append(UInt32(truncatingIfNeeded: position))
    position = entry.idStart + algorithm.byteCount
    let id = entry.id(in: body.span, algorithm: algorithm)
    return Entry(mode: entry.mode, name: entry.name, id: id, counterpart: counterpart)
  }

  /// Passes over the entries that both trees have from here on.
  private mutating func skipShared(_ reference: KnownTree) {
    let from = reference.start(row)
    let rest = reference.body.span.extracting(from..<reference.body.count)
    let shared = body.span.extracting(position..<body.count).sharedPrefixCount(with: rest)
    let end = from + shared
    // The last row that begins in what both have: an entry whose bytes are all there ends there.
    var low = row
    var high = reference.starts.count
    while low < high {
      let middle = low + (high - low + 1) / 2
      if reference.start(middle) <= end { low = middle } else { high = middle - 1 }
    }
    guard low > row else { return }
    let shift = position - from
    if shift == 0 {
      starts.append(contentsOf: reference.starts[row..<low])
    } else {
      for start in reference.starts[row..<low] {
        starts.append(UInt32(truncatingIfNeeded: Int(start) + shift))
      }
    }
    position += reference.start(low) - from
    row = low
  }
}
