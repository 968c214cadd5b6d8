internal import PandoFiles
internal import PandoObjects

/// When objects of a repository's own were last written or found useful.
struct ObjectTimes {
  private let database: ObjectDatabase
  private let packs: LocalPacks

  init(_ database: ObjectDatabase) {
    self.database = database
    packs = LocalPacks(database: database)
  }

  /// Gives each loose and each packed object with its time, one that is in several places several
  /// times, those that `isSkipped` leaves out excepted: their files are not looked at.
  func forEach(
    in wanted: [LocalPack]? = nil, unless isSkipped: (ObjectID) -> Bool,
    _ body: (ObjectID, Int64) throws(PandoError) -> Void
  ) throws(PandoError) {
    for first in UInt8.min...UInt8.max {
      for id in try database.looseObjects.ids(startingWith: first) where !isSkipped(id) {
        let path = database.looseObjects.path(of: id)
        guard let status = try packs.status(of: path) else { continue }
        try body(id, status.modificationSeconds)
      }
    }
    var chosen = wanted
    if chosen == nil { chosen = try packs.all() }
    for pack in chosen ?? [] {
      let index = pack.reader.index
      var seconds: [UInt32]?
      for position in 0..<index.count {
        let id = index.id(at: position)
        guard !isSkipped(id) else { continue }
        if pack.isCruft, seconds == nil { seconds = try packs.seconds(of: pack) }
        try body(id, seconds.map { Int64($0[position]) } ?? pack.modificationSeconds)
      }
    }
  }
}
