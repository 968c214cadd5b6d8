internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Makes the entries of a pack that is built: copied from other packs, out of the store of deltas,
/// or deflated anew.
struct EntryMaker: ~Copyable {
  private let rows: [PackRow]
  private let ids: [ObjectID]
  private let packs: [PackReader]
  private let stores: [DeltaStore]
  private let options: PackBuilder.Options
  private let bodies: BodyReader
  private var deflater: Deflater
  private var index = DeltaIndex()
  /// For each pack what of it is at hand.
  private var windows: [PackWindow]
  /// The numbers of the rows' entries in the present pack; none for those that it lacks.
  private var entries: [Int32]
  /// What went into packs.
  private(set) var statistics = PackBuilder.Statistics()

  init(_ builder: borrowing PackBuilder) {
    rows = builder.rows
    ids = builder.numbers.ids
    packs = builder.packs
    stores = builder.deltas
    options = builder.options
    bodies = BodyReader(
      rows: builder.rows, ids: builder.numbers.ids, packs: builder.packs,
      objects: builder.objects)
    deflater = Deflater(level: builder.options.level)
    var window = PackWindow()
    window.isSequential = true
    windows = [PackWindow](repeating: window, count: builder.packs.count)
    entries = [Int32](repeating: PackRow.none, count: builder.rows.count)
  }

  /// Begins another pack, which has none of the objects yet.
  mutating func restart() {
    for number in entries.indices { entries[number] = PackRow.none }
  }

  /// About how many bytes the entry of a row will take: exactly, or as many as it has inflated.
  func bytesEstimate(_ number: Int) -> Int {
    let row = rows[number]
    if row.base >= 0, !row.reusesDelta, entries[Int(row.base)] >= 0, row.delta.count > 0 {
      return Int(row.delta.count) + 32
    }
    if row.entryBytes > 0, row.reusesDelta || !row.isStoredDelta { return Int(row.entryBytes) + 32 }
    return row.size + row.size / 1000 + 32
  }

  /// Appends the entry of a row to a pack. Its base, when it has one, must have been appended, or
  /// it is stored whole, unless the receiver has the base.
  mutating func append(_ number: Int, to stream: inout PackStream) throws(PandoError) {
    let row = rows[number]
    var base: Base?
    if row.base >= 0 {
      let entry = entries[Int(row.base)]
      if entry >= 0 {
        let distance = stream.bytes - stream.table.offset(Int(entry))
        base = Base(number: Int(row.base), entry: Int(entry), distance: distance)
      } else if rows[Int(row.base)].isPreferredBase {
        base = Base(number: Int(row.base), entry: nil, distance: 0)
      }
    }
    let entry = try stream.append(ids[number], row.kind) { (output) throws(PandoError) in
      try appendEntry(number, row, base, to: &output) ? base?.entry : nil
    }
    entries[number] = Int32(entry)
    statistics.objects += 1
  }

  /// What a delta is on.
  private struct Base {
    /// The row.
    let number: Int
    /// The entry in the present pack; nil when only the receiver has it.
    let entry: Int?
    /// How far behind it the delta's entry begins.
    let distance: Int
  }

  /// Appends an entry; whether it is a delta.
  private mutating func appendEntry(
    _ number: Int, _ row: PackRow, _ base: Base?, to output: inout [UInt8]
  ) throws(PandoError) -> Bool {
    if let base, row.reusesDelta {
      if try copy(row, base, to: &output) {
        statistics.reused += 1
        statistics.reusedDeltas += 1
        statistics.deltas += 1
        return true
      }
    } else if let base {
      if try appendDelta(number, row, base, to: &output) {
        statistics.deltas += 1
        return true
      }
    } else if options.reusesObjects, !row.isStoredDelta, row.pack >= 0, row.entryBytes > 0,
      try copy(row, nil, to: &output)
    {
      statistics.reused += 1
      return false
    }
    let body = try bodies.body(of: number)
    output.append(packEntryType: row.kind.rawValue, size: body.count)
    deflater.deflate(body.span, into: &output)
    return false
  }

  /// Appends the header of a delta.
  private func appendHeader(_ base: Base, size: Int, to output: inout [UInt8]) {
    if options.allowsOffsetDeltas, base.entry != nil {
      output.append(packEntryType: 6, size: size)
      output.append(baseDistance: base.distance)
    } else {
      output.append(packEntryType: 7, size: size)
      ids[base.number].digest.append(to: &output)
    }
  }

  /// Appends a delta that was found: as it was kept, or made again.
  private mutating func appendDelta(
    _ number: Int, _ row: PackRow, _ base: Base, to output: inout [UInt8]
  ) throws(PandoError) -> Bool {
    let ticket = row.delta
    if ticket.count > 0, Int(ticket.store) < stores.count {
      appendHeader(base, size: Int(ticket.size), to: &output)
      stores[Int(ticket.store)].append(ticket, to: &output)
      return true
    }
    let source = try bodies.body(of: base.number)
    let target = try bodies.body(of: number)
    index.rebuild(source.span)
    guard let delta = index.delta(to: target.span, from: source.span, limit: target.count) else {
      return false
    }
    appendHeader(base, size: delta.count, to: &output)
    deflater.deflate(delta.span, into: &output)
    return true
  }

  /// Copies the compressed bytes of an entry; false, and nothing appended, when they are not what
  /// the index says or the pack has been removed.
  private mutating func copy(
    _ row: PackRow, _ base: Base?, to output: inout [UInt8]
  ) throws(PandoError) -> Bool {
    let reader = packs[Int(row.pack)]
    guard let pack = try reader.packFile() else { return false }
    let offset = try reader.offset(at: Int(row.position))
    let end = offset + Int(row.entryBytes)
    let before = output.count
    let entry: PackEntry
    do throws(PandoError) {
      entry = try reader.entry(at: offset, in: pack, &windows[Int(row.pack)])
    } catch {
      return false
    }
    guard entry.size == row.size, entry.dataOffset <= end else { return false }
    if let base {
      appendHeader(base, size: entry.size, to: &output)
    } else {
      output.append(packEntryType: row.kind.rawValue, size: entry.size)
    }
    let isSound = try copy(
      reader, pack, offset..<end, entry, row, to: &output)
    if !isSound { output.removeLast(output.count - before) }
    return isSound
  }

  /// Copies what lies behind an entry's header, and compares the whole entry with the checksum that
  /// the index has, or where that has none, inflates it.
  private mutating func copy(
    _ reader: PackReader, _ pack: PackFile, _ range: Range<Int>, _ entry: PackEntry,
    _ row: PackRow, to output: inout [UInt8]
  ) throws(PandoError) -> Bool {
    let window = Int(row.pack)
    var checksum: UInt32 = 0
    var place = range.lowerBound
    while place < range.upperBound {
      do {
        try windows[window].load(pack, at: place, needed: min(range.upperBound - place, 64 << 10))
      } catch {
        throw .refused("pack \(reader.path)", error)
      }
      let there = windows[window].range(from: place)
      let count = min(there.count, range.upperBound - place)
      guard count > 0 else { return false }
      let here = windows[window].bytes
      let bytes = here.span.extracting(there.lowerBound..<there.lowerBound + count)
      checksum = CRC32.checksum(bytes, continuing: checksum)
      // The header was written anew.
      let skipped = min(max(0, entry.dataOffset - place), count)
      output.append(copying: bytes.extracting(skipped..<count))
      place += count
    }
    let position = Int(row.position)
    if let stored = reader.index.checksum(at: position) { return checksum == stored }
    let found = try? reader.read(at: position)
    return found.flatMap { $0 } != nil
  }
}
