internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Removes packs that a multi-pack-index makes superfluous, and chooses small ones to be made into
/// one.
///
/// Works on the file as it is on the disk. Source: git-multi-pack-index.
public struct MultiPackMaintenance {
  private let database: ObjectDatabase
  private let objects: FilePath
  private let directory: FilePath
  private let index: MultiPackIndex

  private var files: any FileSystem { database.files }

  /// Reads the multi-pack-index of an `objects` directory, which is the database's own unless
  /// another one is given; nil when there is none or none is to be used.
  public init?(_ database: ObjectDatabase, in objects: FilePath? = nil) throws(PandoError) {
    guard database.options.usesMultiPackIndex else { return nil }
    self.database = database
    self.objects = objects ?? database.directory
    directory = self.objects / "pack"
    let path = directory / MultiPackIndex.fileName
    let map: MappedFile?
    do throws(FileError) { map = try database.files.map(path) } catch {
      throw .refused("file \(path)", error)
    }
    guard let map else { return nil }
    do throws(ParseError) {
      index = try MultiPackIndex(map, algorithm: database.hashAlgorithm)
    } catch {
      throw .corrupt("file \(path)", error)
    }
  }

  private func pack(_ number: Int) -> FilePath {
    directory.appending(bytes: PackNames.pack(ofIndex: index.packNames[number]))
  }

  private func status(_ path: FilePath) throws(PandoError) -> FileStatus? {
    do throws(FileError) { return try files.status(of: path, followingLinks: true) } catch {
      throw .refused("file \(path)", error)
    }
  }

  /// How many objects are taken from each pack.
  private func counts() throws(PandoError) -> [Int] {
    var counts = [Int](repeating: 0, count: index.packNames.count)
    for position in 0..<index.count { counts[try pack(at: position)] += 1 }
    return counts
  }

  private func pack(at position: Int) throws(PandoError) -> Int {
    do throws(ParseError) { return try index.location(at: position).pack } catch {
      throw .corrupt("file \(directory / MultiPackIndex.fileName)", error)
    }
  }

  private func has(_ suffix: String, _ pack: FilePath) throws(PandoError) -> Bool {
    try status(PackNames.path(of: pack, ending: suffix)) != nil
  }

  // MARK: Expiring

  /// Removes the packs from which no object is taken, but for kept and cruft ones, and returns
  /// them. The new multi-pack-index, without them, is there before the first pack goes.
  @discardableResult
  public func expire(warn: @escaping (String) -> Void = { _ in }) throws(PandoError) -> [FilePath] {
    var gone: [FilePath] = []
    var options = MultiPackIndexWriter.Options()
    for (number, count) in try counts().enumerated() where count == 0 {
      let path = pack(number)
      guard try status(path) != nil, try !has(".keep", path), try !has(".mtimes", path) else {
        continue
      }
      gone.append(path)
      options.dropped.insert(index.packNames[number])
    }
    guard !gone.isEmpty else { return [] }
    _ = try MultiPackIndexWriter(database, in: objects, options: options, warn: warn).write()
    for path in gone { try remove(path) }
    try database.rescan()
    return gone
  }

  /// Removes a pack with its companions, the index first: without it nobody begins to use the pack.
  private func remove(_ pack: FilePath) throws(PandoError) {
    for suffix in [".idx", ".pack", ".rev", ".bitmap", ".promisor"] {
      let path = PackNames.path(of: pack, ending: suffix)
      do throws(FileError) { try files.remove(path) } catch {
        throw .refused("file \(path)", error)
      }
    }
  }

  // MARK: Choosing what to repack

  /// The objects to put into one new pack, in order of names; empty when there is nothing to do.
  ///
  /// Without a batch size, those of all packs. With one, of the oldest packs so many that what is
  /// taken from them is expected to have that many bytes, none of which would have as many alone.
  ///
  /// - Parameter includesKept: whether packs with a `.keep` file are taken:
  /// `repack.packKeptObjects`.
  public func objectsToRepack(
    batchBytes: Int, includesKept: Bool = false
  ) throws(PandoError) -> [ObjectID] {
    let counts = try counts()
    var candidates: [(number: Int, status: FileStatus)] = []
    for number in index.packNames.indices {
      let path = pack(number)
      guard let status = try status(path) else { continue }
      if try has(".mtimes", path) { continue }
      if !includesKept, try has(".keep", path) { continue }
      candidates.append((number, status))
    }
    if batchBytes > 0 {
      candidates.sort {
        ($0.status.modificationSeconds, $0.number) < ($1.status.modificationSeconds, $1.number)
      }
      var total = 0
      var chosen = candidates
      chosen.removeAll()
      for candidate in candidates where total < batchBytes {
        let reader = PackReader(
          covered: pack(candidate.number), algorithm: database.hashAlgorithm, files: files,
          resources: database.resources)
        guard let all = try? reader.openIndex().count, all > 0 else { continue }
        let (size, isOver) = candidate.status.size.multipliedReportingOverflow(
          by: counts[candidate.number])
        let expected = isOver ? .max : size / all
        guard expected < batchBytes else { continue }
        total += expected
        chosen.append(candidate)
      }
      candidates = chosen
    }
    guard candidates.count > 1 else { return [] }
    let included = Set(candidates.map(\.number))
    var ids: [ObjectID] = []
    for position in 0..<index.count where included.contains(try pack(at: position)) {
      ids.append(index.id(at: position))
    }
    return ids
  }

  /// Puts the objects of small packs into one new pack and writes the multi-pack-index anew, by
  /// which `expire` may then remove those packs. Returns the new packs; none when there is nothing
  /// to do. See `objectsToRepack`.
  @discardableResult
  public func repack(
    batchBytes: Int, includesKept: Bool = false, _ options: PackBuilder.Options = .init()
  ) throws(PandoError) -> [FilePath] {
    let ids = try objectsToRepack(batchBytes: batchBytes, includesKept: includesKept)
    if ids.isEmpty { return [] }
    var builder = try PackBuilder(database, options: options)
    for id in ids { _ = try builder.add(id) }
    var publication = ReceivedPack.Publication()
    publication.durability = database.options.durability
    let packs = try builder.publish(in: directory, publication, random: database.random)
    _ = try MultiPackIndexWriter(database, in: objects).write()
    return packs
  }
}
