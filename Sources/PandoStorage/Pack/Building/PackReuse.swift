internal import PandoBytes
internal import PandoFiles
public import PandoObjects

/// Entries of one pack that another one takes over as they lie, by what bitmaps say: no name is
/// looked up, no object is read, and deltas keep their bases.
///
/// Costs a pass over the headers unless the whole pack is taken, 16 bytes for each of its objects,
/// and a copy in which each entry is compared with the checksum that the index has.
struct PackReuse: Sendable {
  private let reader: PackReader
  private let index: PackIndex
  private let pack: PackFile
  private let traversal: PackTraversal
  /// The entries that are taken, by their places in the pack.
  let entries: Bitmap

  /// How many entries are taken.
  let count: Int

  /// Takes what it can of a set from the pack that the first bits are about; nil when that is
  /// nothing.
  init?(_ set: ReachableSet) throws(PandoError) {
    guard let (reader, positions) = try set.bitmaps.subject.leadingPack(),
      let pack = try reader.packFile()
    else { return nil }
    self.reader = reader
    index = try reader.openIndex()
    if index.version == 1 { return nil }
    self.pack = pack
    traversal = try PackTraversal(reader, pack, order: positions)
    let all = Bitmap.all(below: traversal.count)
    var wanted = set.bits
    wanted.formIntersection(all)
    // Deltas of a pack have their bases in it.
    entries = wanted == all ? all : try Self.closed(wanted, traversal)
    count = entries.count
    if count == 0 { return nil }
  }

  /// Those of some entries whose bases are among them too.
  private static func closed(
    _ wanted: Bitmap, _ traversal: PackTraversal
  ) throws(PandoError) -> Bitmap {
    let (reader, pack) = (traversal.reader, traversal.pack)
    var window = PackWindow()
    window.isSequential = true
    var closed = wanted
    try wanted.forEach { (number) throws(PandoError) in
      let entry = try reader.entry(at: traversal.offset(of: number), in: pack, &window)
      guard case .delta(let offset) = try reader.origin(of: entry, in: pack) else { return }
      // A base that lies behind would have to be known already.
      if let base = traversal.entry(at: offset), base < number, closed.contains(base) { return }
      closed.remove(number)
    }
    return closed
  }

  /// Whether an object is among those taken.
  func contains(_ id: ObjectID) -> Bool {
    guard let position = index.position(of: id),
      let offset = try? reader.offset(at: position), let entry = traversal.entry(at: offset)
    else { return false }
    return entries.contains(entry)
  }

  /// The names of the objects taken.
  func forEachID(_ body: (ObjectID) throws(PandoError) -> Void) throws(PandoError) {
    try entries.forEach { (number) throws(PandoError) in
      try body(index.id(at: traversal.position(of: number)))
    }
  }

  // MARK: Writing

  /// Writes the entries to a pack that has none yet. Throws `.corrupt` when one is not what the
  /// index says.
  func write(
    to stream: inout PackStream, allowsOffsetDeltas: Bool, _ progress: (any ProgressMeter)?
  ) throws(PandoError) {
    var window = PackWindow()
    window.isSequential = true
    // Where each entry begins in the other pack; those that are not taken, nowhere.
    var starts = [Int](repeating: 0, count: traversal.count)
    var done = 0
    try entries.forEach { (number) throws(PandoError) in
      let offset = traversal.offset(of: number)
      starts[number] = stream.bytes
      let entry = try reader.entry(at: offset, in: pack, &window)
      var kept = offset
      if case .offsetDelta(let base) = entry.content, let baseNumber = traversal.entry(at: base) {
        let distance = stream.bytes - starts[baseNumber]
        if !allowsOffsetDeltas || distance != offset - base {
          let header = header(entry, baseNumber, allowsOffsetDeltas ? distance : nil)
          try stream.copy(header.span)
          kept = entry.dataOffset
        }
      }
      try copy(number, from: kept, &window, to: &stream)
      done += 1
      progress?.transferred(stream.bytes)
      progress?.update(done)
    }
  }

  /// The header of a delta on an entry, by its distance or else by its name.
  private func header(_ entry: PackEntry, _ base: Int, _ distance: Int?) -> [UInt8] {
    var header: [UInt8] = []
    header.append(packEntryType: distance == nil ? 7 : 6, size: entry.size)
    if let distance {
      header.append(baseDistance: distance)
    } else {
      index.id(at: traversal.position(of: base)).digest.append(to: &header)
    }
    return header
  }

  /// Copies an entry without what lies before `kept`, and checks all of it.
  private func copy(
    _ number: Int, from kept: Int, _ window: inout PackWindow, to stream: inout PackStream
  ) throws(PandoError) {
    var place = traversal.offset(of: number)
    let isLast = number + 1 == traversal.count
    let end = isLast ? pack.end : traversal.offset(of: number + 1)
    var checksum: UInt32 = 0
    while place < end {
      do { try window.load(pack, at: place, needed: min(end - place, PackWindow.bytesMin)) } catch {
        throw .refused("pack \(reader.path)", error)
      }
      let there = window.range(from: place)
      let count = min(there.count, end - place)
      guard count > 0 else { throw pack.corrupt("ends too early", at: place) }
      let bytes = window.bytes.span.extracting(there.lowerBound..<there.lowerBound + count)
      checksum = CRC32.checksum(bytes, continuing: checksum)
      try stream.copy(bytes.extracting(min(max(0, kept - place), count)..<count))
      place += count
    }
    guard checksum == index.checksum(at: traversal.position(of: number)) else {
      throw pack.corrupt("does not have the checksum of its index", at: place)
    }
  }
}

extension PackBuilder {
  /// Adds a set that bitmaps gave. Entries of the bitmaps' own pack are taken over as they lie
  /// where the options allow it; the others come without paths.
  public mutating func add(_ set: ReachableSet) throws(PandoError) {
    var set = set
    if reuse == nil, options.reusesPacks, let part = try PackReuse(set) {
      reuse = part
      set.bits.subtract(part.entries)
    }
    try set.forEach { (id, _) throws(PandoError) in try add(id) }
  }

  /// Adds one by one what was to be taken over as it lies.
  mutating func giveUpReuse() throws(PandoError) {
    guard let part = reuse else { return }
    reuse = nil
    try part.forEachID { (id) throws(PandoError) in try add(id) }
  }
}
