internal import PandoBytes
internal import PandoObjects

/// Which loose objects there were when somebody asked first: one listing of a directory in place of
/// a look for each object, for those who have many to look for and will find few.
struct LooseNames {
  /// So many objects cost as much to look for as all directories cost to list.
  static let objectsMin = 512

  private let places: [LooseObjects]
  private var known: [UInt8: Set<ObjectID>] = [:]

  init(_ places: [LooseObjects]) { self.places = places }

  mutating func contains(_ id: ObjectID) throws(PandoError) -> Bool {
    let first = id.digest[byte: 0]
    if let names = known[first] { return names.contains(id) }
    var names: Set<ObjectID> = []
    for place in places { names.formUnion(try place.ids(startingWith: first)) }
    known[first] = names
    return names.contains(id)
  }
}
