internal import PandoFiles
internal import PandoObjects

/// A multi-pack-index with readers of the packs that it covers, all of which were there when the
/// directory was listed.
final class CoveredPacks: Sendable {
  let index: MultiPackIndex
  /// The file itself, and what it was when it was read.
  let path: FilePath
  let status: FileStatus
  /// The packs by their numbers in the index.
  let readers: [PackReader]

  init(_ index: MultiPackIndex, path: FilePath, status: FileStatus, readers: [PackReader]) {
    self.index = index
    self.path = path
    self.status = status
    self.readers = readers
  }

  /// Where an object is; nil when no covered pack has it.
  func find(_ id: ObjectID) throws(PandoError) -> PackedLocation? {
    guard let position = index.position(of: id) else { return nil }
    return try location(at: position)
  }

  /// Where the object at a position of the index is.
  func location(at position: Int) throws(PandoError) -> PackedLocation {
    do {
      let location = try index.location(at: position)
      return PackedLocation(reader: readers[location.pack], offset: location.offset)
    } catch {
      throw .corrupt("\(path)", error)
    }
  }
}

/// Where an object is in a pack.
struct PackedLocation: Sendable {
  let reader: PackReader
  let offset: Int
}

/// Where a database looks for objects in packs: multi-pack-indexes, then single packs, the last
/// useful one first.
struct PackSources: Sendable {
  var covered: [CoveredPacks] = []
  var single: [PackReader] = []
  /// Counts changes, so that who has looked tells whether there is more to look into since.
  var version = 0

  /// The place of an object that is read when it is in several; nil when no pack has it.
  func find(_ id: ObjectID) throws(PandoError) -> PackedLocation? {
    for packs in covered {
      if let location = try packs.find(id) { return location }
    }
    for pack in single {
      guard let position = try pack.openIndex().position(of: id) else { continue }
      return PackedLocation(reader: pack, offset: try pack.offset(at: position))
    }
    return nil
  }

  /// The names of all objects; those in several sources more than once.
  func ids() throws(PandoError) -> [ObjectID] {
    var ids: [ObjectID] = []
    for packs in covered {
      ids.reserveCapacity(ids.count + packs.index.count)
      for position in 0..<packs.index.count { ids.append(packs.index.id(at: position)) }
    }
    for pack in single {
      let index = try pack.openIndex()
      ids.reserveCapacity(ids.count + index.count)
      for position in 0..<index.count { ids.append(index.id(at: position)) }
    }
    return ids
  }

  /// The names that begin with `prefix`; those in several sources more than once.
  func ids(matching prefix: ObjectIDPrefix) throws(PandoError) -> [ObjectID] {
    var ids: [ObjectID] = []
    for packs in covered {
      ids += packs.index.positions(matching: prefix).map(packs.index.id(at:))
    }
    for pack in single {
      let index = try pack.openIndex()
      ids += index.positions(matching: prefix).map(index.id(at:))
    }
    return ids
  }
}
