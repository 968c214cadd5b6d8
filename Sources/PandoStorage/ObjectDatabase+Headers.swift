internal import PandoFiles
public import PandoObjects

extension ObjectDatabase {
  /// Gives kind and size of all objects, each once and in the order of their names, borrowed ones
  /// included. Packs are read once from start to end. Throws what `body` throws.
  public func forEachHeader(_ body: (ObjectID, ObjectHeader) throws -> Void) throws {
    let ids = try ids()
    let sources = try sources()
    var headers: [ObjectIdentifier: [ObjectHeader]] = [:]
    for pack in try packs() { headers[ObjectIdentifier(pack)] = try pack.headers() }
    for id in ids {
      var found: ObjectHeader?
      if let reader = try sources.find(id)?.reader, let known = headers[ObjectIdentifier(reader)],
        let position = reader.index.position(of: id), position < known.count
      {
        found = known[position]
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
