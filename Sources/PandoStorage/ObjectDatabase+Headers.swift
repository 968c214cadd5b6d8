internal import PandoFiles
public import PandoObjects

extension ObjectDatabase {
  /// Gives kind and size of all objects, each once and in the order of their names, borrowed ones
  /// included. Packs are read once from start to end. Throws what `body` throws.
  public func forEachHeader(_ body: (ObjectID, ObjectHeader) throws -> Void) throws {
    let packs = try packs()
    var loose: [ObjectID] = []
    for place in loosePlaces { loose += try place.ids() }
    let headers = try packs.map { try $0.headers() }
    var names = MergedNames(packs.map(\.index), loose: loose.sorted())
    while let (id, place) = names.next() {
      var found: ObjectHeader?
      if let place, place.position < headers[place.index].count {
        found = headers[place.index][place.position]
      }
      if found == nil { found = try header(of: id) }
      if let found { try body(id, found) }
    }
  }

  /// The bytes of the file of a loose object; nil when there is none.
  public func looseSize(of id: ObjectID) throws(PandoError) -> Int? {
    for place in loosePlaces {
      let path = place.path(of: id)
      do {
        if let status = try files.status(of: path, followingLinks: true) { return status.size }
      } catch {
        throw .refused("loose object \(path)", error)
      }
    }
    return nil
  }
}
