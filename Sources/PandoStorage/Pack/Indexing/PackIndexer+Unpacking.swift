internal import PandoBytes
public import PandoFiles
public import PandoObjects

/// Packs that do not stay packs: their objects become loose ones.
extension PackIndexer {
  /// What came of unpacking.
  public struct Unpacked: Sendable {
    /// The objects of the pack.
    public let count: Int
    /// What came behind the pack and was read along with it.
    public let rest: [UInt8]
    /// What is wrong with the pack, when all that is sound was to be saved.
    public let damage: PandoError?
  }

  /// Takes a pack off a stream, checks all of it, and writes its objects loose, but for those that
  /// `database` has. A delta's base may be there and not in the pack.
  ///
  /// - Parameter isDry: whether nothing is written.
  public func unpack(
    stream: any ByteInput, into database: ObjectDatabase, isDry: Bool = false
  ) throws(PandoError) -> Unpacked {
    var indexer = self
    indexer.options.completesThinPacks = true
    let received = try indexer.index(stream: stream, in: unpackingDirectory(of: database))
    let (pack, rest) = (received.pack, received.rest)
    let own = pack.count - pack.addedCount
    if !isDry, own > 0 {
      let indexPath = received.path.adding(suffix: ".idx")
      try pack.publishIndex(
        at: indexPath, files: files, durability: .none, random: random)
      defer { _ = try? files.remove(indexPath) }
      let reader = try PackReader(received.path, algorithm: algorithm, files: files)
      let added = Set(pack.ids[own...])
      do {
        try reader.forEachObject { id, object in
          if !added.contains(id) { try database.writeLoose(object, as: id) }
        }
      } catch let error as PandoError {
        throw error
      } catch {
        throw PandoError(.unreadable, "cannot unpack", cause: error)
      }
    }
    return Unpacked(count: own, rest: rest, damage: nil)
  }

  /// Takes what can be read of a pack off a stream and writes it loose as it comes: all before the
  /// first damage, but for deltas whose bases lie behind it.
  public func salvage(
    stream: any ByteInput, into database: ObjectDatabase, isDry: Bool = false
  ) throws(PandoError) -> Unpacked {
    var indexer = self
    indexer.options.completesThinPacks = true
    indexer.setChecks(LooseWriting(isDry ? nil : database))
    return try indexer.salvage(stream, in: unpackingDirectory(of: database))
  }

  private func unpackingDirectory(of database: ObjectDatabase) throws(PandoError) -> FilePath {
    let directory = database.directory / "pack"
    do throws(FileError) {
      try files.createDirectories(directory, durability: .none)
    } catch {
      throw .refused("directory \(directory)", error)
    }
    return directory
  }
}

/// Writes each object loose once it is known.
private final class LooseWriting: PackContentCheck {
  private let database: ObjectDatabase?

  init(_ database: ObjectDatabase?) { self.database = database }

  var wantsLargeBlobs: Bool { true }

  func check(_ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?) throws(PandoError) {
    guard let database, let body else { return }
    var bytes: [UInt8] = []
    bytes.append(copying: body)
    try database.writeLoose(RawObject(kind: kind, body: bytes), as: id)
  }

  func finish(
    _ kind: (ObjectID) -> ObjectKind?,
    _ read: (ObjectID) throws(PandoError) -> RawObject?
  ) throws(PandoError) {}
}
