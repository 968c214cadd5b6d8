internal import PandoBytes
internal import PandoObjects

/// The objects of many packs in the order of their names, each once, with the pack it is taken
/// from.
struct MultiPackRows {
  let algorithm: HashAlgorithm
  /// The names, one after the other.
  var ids: [UInt8] = []
  /// How many names begin with each byte or a lower one, as the file has it.
  var fanout: [UInt8] = []
  /// For each name the number of the pack among the candidates.
  var packs: [UInt32] = []
  var offsets: [UInt64] = []

  var count: Int { packs.count }

  /// The name at a position.
  func id(at position: Int) -> ObjectID {
    let width = algorithm.byteCount
    let bytes = ids.span.extracting(position * width..<(position + 1) * width)
    return ObjectID(bytes, algorithm: algorithm) ?? .null(algorithm)
  }

  /// The number in the file of each candidate. Throws when an object is taken from one that is not
  /// among `names`.
  func numbers(
    _ candidates: [[UInt8]], among names: [[UInt8]]
  ) throws(PandoError) -> [UInt32] {
    var places: [[UInt8]: UInt32] = [:]
    for (number, name) in names.enumerated() { places[name] = UInt32(number) }
    let numbers = candidates.map { places[$0] ?? .max }
    guard packs.allSatisfy({ numbers[Int($0)] != .max }) else {
      throw PandoError(.invalidInput, "a pack to leave out has objects that no other pack has")
    }
    return numbers
  }

  /// The table of places, and that of long offsets when one is needed: unlike in a pack's index,
  /// only for an offset that does not fit 32 bits.
  func locations(_ numbers: [UInt32]) -> (locations: [UInt8], longOffsets: [UInt8]?) {
    let needsLong = offsets.contains { $0 > UInt64(UInt32.max) }
    var locations: [UInt8] = []
    locations.reserveCapacity(count * 8)
    var long: [UInt8] = []
    for (pack, offset) in zip(packs, offsets) {
      locations.append(bigEndian: numbers[Int(pack)])
      if needsLong, offset >> 31 != 0 {
        locations.append(
          bigEndian: UInt32(truncatingIfNeeded: long.count / 8) | MultiPackIndex.longOffsetFlag)
        long.append(bigEndian: offset)
      } else {
        locations.append(bigEndian: UInt32(truncatingIfNeeded: offset))
      }
    }
    return (locations, needsLong ? long : nil)
  }

  /// The positions in the order for bitmaps: what is taken from the preferred pack, then pack by
  /// pack, each by offset.
  func order(_ numbers: [UInt32], preferred: Int?) -> [UInt32] {
    let first = preferred.map { UInt32($0) }
    var keys: [(pack: UInt32, position: UInt32, offset: UInt64)] = []
    keys.reserveCapacity(count)
    for (position, pack) in packs.enumerated() {
      let key = pack == first ? 0 : numbers[Int(pack)] + 1
      keys.append((key, UInt32(position), offsets[position]))
    }
    keys.sort { ($0.pack, $0.offset) < ($1.pack, $1.offset) }
    return keys.map(\.position)
  }
}

/// Merges the indexes of packs, the names of one first byte at a time.
struct MultiPackMerge {
  /// A name in one of the sources.
  private struct Row {
    /// Its first eight bytes, which tell nearly all names apart.
    let word: UInt64
    let source: UInt32
    let position: UInt32
  }

  /// Where names come from: a pack's index, or, without a number, the index of many packs there is.
  private struct Source {
    let pack: Int?
    let index: PackIndex?
    let count: Int
  }

  private let packs: MultiPackCandidates
  private let preferred: Int?
  private var sources: [Source] = []
  /// For each pack, which comes first of those that have an object: its place when it is one of
  /// the sources, and when the index there is has chosen it.
  private var rankOfSource: [Int]
  private var rankOfChoice: [Int]
  private var rows: MultiPackRows

  init(
    _ packs: MultiPackCandidates, preferred: Int?, algorithm: HashAlgorithm
  ) throws(PandoError) {
    self.packs = packs
    self.preferred = preferred
    rows = MultiPackRows(algorithm: algorithm)
    let covered = packs.existing?.packNames.count ?? 0
    var total = 0
    if let existing = packs.existing {
      sources.append(Source(pack: nil, index: nil, count: existing.count))
      total += existing.count
    }
    for number in packs.all.indices where number >= covered || number == preferred {
      let index = try packs.index(of: number)
      sources.append(Source(pack: number, index: index, count: index.count))
      total += index.count
    }
    // The objects of the index there is count as those of old packs.
    var keys: [(isOther: Bool, seconds: Int64, pack: Int, isChoice: Bool)] = []
    for number in packs.all.indices {
      keys.append((number != preferred, packs.all[number].seconds, number, false))
      keys.append((true, 0, number, true))
    }
    keys.sort { a, b in
      if a.isOther != b.isOther { return !a.isOther }
      return (-a.seconds, a.pack) < (-b.seconds, b.pack)
    }
    rankOfSource = [Int](repeating: 0, count: packs.all.count)
    rankOfChoice = rankOfSource
    for (rank, key) in keys.enumerated() {
      if key.isChoice { rankOfChoice[key.pack] = rank } else { rankOfSource[key.pack] = rank }
    }
    guard total <= Int(UInt32.max) else {
      throw PandoError(.limitExceeded, "a multi-pack-index cannot hold \(total) objects")
    }
    rows.packs.reserveCapacity(total)
    rows.offsets.reserveCapacity(total)
    rows.ids.reserveCapacity(total * algorithm.byteCount)
  }

  /// Merges all names.
  consuming func merged() throws(PandoError) -> MultiPackRows {
    var batch: [Row] = []
    for first in UInt8.min...UInt8.max {
      batch.removeAll(keepingCapacity: true)
      for (number, source) in sources.enumerated() {
        collect(first, UInt32(number), source, &batch)
      }
      // Each source is in order already, which this sort makes use of.
      if sources.count > 1 { batch.sort { $0.word < $1.word } }
      try take(batch)
      rows.fanout.append(bigEndian: UInt32(truncatingIfNeeded: rows.count))
    }
    return rows
  }

  private func collect(
    _ first: UInt8, _ number: UInt32, _ source: Source, _ batch: inout [Row]
  ) {
    if let index = source.index {
      for position in index.positions(startingWith: first) {
        let word = index.id(at: position).digest.leadingWord
        batch.append(Row(word: word, source: number, position: UInt32(position)))
      }
    } else if let existing = packs.existing {
      for position in existing.positions(startingWith: first) {
        let word = existing.id(at: position).digest.leadingWord
        batch.append(Row(word: word, source: number, position: UInt32(position)))
      }
    }
  }

  private func id(_ row: Row) -> ObjectID {
    let position = Int(row.position)
    if let index = sources[Int(row.source)].index { return index.id(at: position) }
    return packs.existing?.id(at: position) ?? .null(rows.algorithm)
  }

  /// Where a row says its object is.
  private func location(_ row: Row) throws(PandoError) -> (pack: Int, offset: Int, rank: Int) {
    let position = Int(row.position)
    let source = sources[Int(row.source)]
    do throws(ParseError) {
      if let index = source.index, let pack = source.pack {
        return (pack, try index.offset(at: position), rankOfSource[pack])
      }
      guard let found = try packs.existing?.location(at: position) else {
        throw ParseError(MultiPackIndex.format, "is gone", at: 0)
      }
      return (found.pack, found.offset, rankOfChoice[found.pack])
    } catch {
      throw .corrupt("an index of packs", error)
    }
  }

  /// Takes each name of a batch that is in the order of first words once.
  private mutating func take(_ batch: [Row]) throws(PandoError) {
    var start = 0
    while start < batch.count {
      var end = start + 1
      while end < batch.count, batch[end].word == batch[start].word { end += 1 }
      if end - start == 1 {
        let place = try location(batch[start])
        append(id(batch[start]), place.pack, place.offset)
      } else {
        try takeGroup(batch[start..<end])
      }
      start = end
    }
  }

  /// Takes from names that begin alike, in nearly all cases one object in several packs.
  private mutating func takeGroup(_ group: ArraySlice<Row>) throws(PandoError) {
    var places: [(id: ObjectID, rank: Int, pack: Int, offset: Int)] = []
    for row in group {
      let place = try location(row)
      places.append((id(row), place.rank, place.pack, place.offset))
    }
    // A pack may have an object twice: then the first copy in the order of its index.
    places.sort { ($0.id, $0.rank) < ($1.id, $1.rank) }
    for (number, place) in places.enumerated() {
      if number > 0, places[number - 1].id == place.id { continue }
      append(place.id, place.pack, place.offset)
    }
  }

  private mutating func append(_ id: ObjectID, _ pack: Int, _ offset: Int) {
    id.digest.append(to: &rows.ids)
    rows.packs.append(UInt32(pack))
    rows.offsets.append(UInt64(offset))
  }
}
