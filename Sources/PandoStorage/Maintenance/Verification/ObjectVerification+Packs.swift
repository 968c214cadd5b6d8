internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

extension ObjectVerification {
  /// Looks at every pack: its sums, its index, and every object in it.
  mutating func checkPacks() throws(PandoError) {
    let packs = try database.packs()
    progress?.begin("Checking objects", total: packs.reduce(0) { $0 + $1.index.count })
    for path in try damagedIndexes(packs) {
      tell(.problem(.packs, "packfile \(shown(path)) index not opened"))
    }
    var done = 0
    for pack in packs {
      // Those who want each step want them in order.
      if options.tellsSteps || !checkWhole(pack, done: done) { try checkEach(pack) }
      done += pack.index.count
      progress?.update(done)
    }
    progress?.end()
  }

  /// Packs beside an index that cannot be opened.
  private func damagedIndexes(_ packs: [PackReader]) throws(PandoError) -> [FilePath] {
    let known = Set(packs.map(\.path))
    var damaged: [FilePath] = []
    for place in database.loosePlaces {
      let directory = place.directory / "pack"
      let entries: [DirectoryEntry]
      do { entries = try database.files.list(directory) ?? [] } catch {
        throw .refused("directory \(directory)", error)
      }
      let names = Set(entries.map(\.nameBytes))
      for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) })
      where name.ends(with: ".pack") {
        let path = directory.appending(bytes: name)
        let index = Array(name.dropLast(5)) + Array(".idx".utf8)
        if names.contains(index), !known.contains(path) { damaged.append(path) }
      }
    }
    return damaged
  }

  /// Makes the pack's index anew, which reads every object once and on several threads, and
  /// compares it with the one that is there; false when the pack must be looked at piece by piece.
  private mutating func checkWhole(_ pack: PackReader, done: Int) -> Bool {
    let inspection = ObjectInspection(
      states, checker: checker, wishes: wishes, done: done, progress: progress)
    do throws(PandoError) {
      var indexing = PackIndexer.Options()
      indexing.threads = options.threads
      var indexer = PackIndexer(
        database.hashAlgorithm, files: database.files, options: indexing)
      indexer.setChecks(inspection)
      let found = try indexer.index(packAt: pack.path)
      let index = PackNames.path(of: pack.path, ending: ".idx")
      let format = try IndexedPack.format(
        ofIndexAt: index, algorithm: database.hashAlgorithm, files: database.files)
      guard try found.hasIndex(at: index, format: format, files: database.files) else {
        return false
      }
      let outcome = inspection.conclude()
      (states, checker) = (outcome.states, outcome.checker)
      let rejected = tellAccounts(outcome.accounts, of: pack)
      for position in 0..<found.count {
        let entry = found.entry(position)
        if !rejected.isEmpty, rejected.contains(entry.id) { continue }
        states.notePresent(states.number(of: entry.id), entry.kind)
      }
      return true
    } catch {
      return false
    }
  }

  /// Tells what there is to tell of a pack's objects, in the order of the pack; returns those that
  /// cannot be taken for objects.
  private mutating func tellAccounts(
    _ accounts: [ObjectInspection.Account], of pack: PackReader
  ) -> Set<ObjectID> {
    var rejected: Set<ObjectID> = []
    let placed = accounts.map { account in
      let position = pack.index.position(of: account.id)
      return (offset: position.flatMap { try? pack.index.offset(at: $0) } ?? 0, account)
    }
    for (_, account) in placed.sorted(by: { $0.offset < $1.offset }) {
      for event in account.events {
        report(event)
        switch event {
        // What is wrong with an object of a pack is wrong with the pack.
        case .object(let finding) where finding.isError: areas.formUnion(.packs)
        case .objectProblem: areas.formUnion(.objects)
        default: break
        }
      }
      guard account.isRejected else { continue }
      rejected.insert(account.id)
      tell(.problem([.objects, .packs], "\(account.id): object corrupt or missing"))
    }
    return rejected
  }

  // MARK: Piece by piece

  /// Looks at a pack as far as it can be read, entry by entry.
  private mutating func checkEach(_ pack: PackReader) throws(PandoError) {
    let path = shown(pack.path)
    do throws(ParseError) { try pack.index.verify() } catch {
      if error.reason.contains("checksum") {
        tell(.problem(.packs, "Packfile index for \(path) hash mismatch"))
      } else {
        tell(.problem(.packs, "\(shown(pack.path)): \(error.reason)"))
      }
    }
    let file: PackFile
    do throws(PandoError) {
      guard let opened = try pack.packFile() else { return }
      file = opened
    } catch {
      tell(.problem(.packs, "\(error)"))
      return tell(.problem(.packs, "packfile \(path) cannot be accessed"))
    }
    try checkSum(of: file, path)
    var entries: [(offset: Int, position: Int)] = []
    for position in 0..<pack.index.count {
      guard let offset = try? pack.index.offset(at: position), offset < file.end else {
        tell(
          .problem(
            .packs, "cannot unpack \(pack.index.id(at: position)) from \(path): bad offset"))
        continue
      }
      entries.append((offset, position))
    }
    entries.sort { ($0.offset, $0.position) < ($1.offset, $1.position) }
    let inspection = ObjectInspection(
      states, checker: checker, wishes: wishes, done: 0, progress: nil)
    var present: [(ObjectID, ObjectKind)] = []
    for (number, entry) in entries.enumerated() {
      let end = number + 1 < entries.count ? entries[number + 1].offset : file.end
      let id = pack.index.id(at: entry.position)
      try checkCRC(pack, file, entry.position, entry.offset..<max(end, entry.offset))
      let place = "\(id) from \(path) at offset \(entry.offset)"
      do throws(PandoError) {
        guard let object = try pack.read(at: entry.position) else { continue }
        guard try object.id(database.hashAlgorithm) == id else {
          tell(.problem(.packs, "packed \(id) from \(path) is corrupt"))
          continue
        }
        inspection.inspect(id, object.kind, object.body.span)
        present.append((id, object.kind))
      } catch {
        tell(.problem(.packs, "cannot unpack \(place)"))
      }
    }
    let outcome = inspection.conclude()
    (states, checker) = (outcome.states, outcome.checker)
    let rejected = tellAccounts(outcome.accounts, of: pack)
    for (id, kind) in present where !rejected.contains(id) {
      states.notePresent(states.number(of: id), kind)
    }
  }

  private mutating func checkCRC(
    _ pack: PackReader, _ file: PackFile, _ position: Int, _ range: Range<Int>
  ) throws(PandoError) {
    guard let wanted = pack.index.checksum(at: position) else { return }
    var checksum: UInt32 = 0
    try forEachPiece(file, range) { checksum = CRC32.checksum($0.span, continuing: checksum) }
    guard checksum != wanted else { return }
    tell(
      .problem(
        .packs,
        "index CRC mismatch for object \(pack.index.id(at: position)) from \(shown(pack.path)) "
          + "at offset \(range.lowerBound)"))
  }

  /// Compares the sum at the end of a pack with what stands before it.
  private mutating func checkSum(of file: PackFile, _ path: String) throws(PandoError) {
    var hasher = ChecksumHasher(database.hashAlgorithm)
    try forEachPiece(file, 0..<file.end) { hasher.update($0.span) }
    var trailer: [UInt8] = []
    try forEachPiece(file, file.end..<file.end + database.hashAlgorithm.byteCount) {
      trailer += $0
    }
    guard Digest(trailer.span, algorithm: database.hashAlgorithm) != hasher.finish() else {
      return
    }
    tell(.problem(.packs, "\(path) pack checksum mismatch"))
  }

  private static let pieceBytes = 128 << 10

  private func forEachPiece(
    _ file: PackFile, _ range: Range<Int>, _ body: ([UInt8]) -> Void
  ) throws(PandoError) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let piece: [UInt8]
      do {
        piece = try file.file.read(
          at: offset, count: min(Self.pieceBytes, range.upperBound - offset))
      } catch {
        throw .refused("pack \(file.file.path)", error)
      }
      guard !piece.isEmpty else { return }
      body(piece)
      offset += piece.count
    }
  }
}
