import PandoBytes
import PandoObjects
import Testing

/// Commits in a line, one parent each, made when they are read: their names are numbers, because
/// hashing a long line takes a debug build minutes.
struct LineOfCommits: ObjectReader {
  let ids: [ObjectID]
  let numbers: [ObjectID: Int]

  init(count: Int) throws {
    ids = try (1...count).map { number in
      var bytes = [UInt8](repeating: 7, count: 20)
      for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
      let id = ObjectID(bytes.span, algorithm: .sha1)
      return try #require(id)
    }
    numbers = Dictionary(uniqueKeysWithValues: zip(ids, 0...))
  }

  var hashAlgorithm: HashAlgorithm { .sha1 }

  func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    guard let number = numbers[id] else { return nil }
    var text = "tree \(Tree.emptyID(.sha1))\n"
    if number > 0 { text += "parent \(ids[number - 1])\n" }
    text += "author A <a@b> \(number) +0000\ncommitter A <a@b> \(number) +0000\n\n"
    return RawObject(kind: .commit, body: Array(text.utf8))
  }

  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? { try read(id)?.header }
  func contains(_ id: ObjectID) throws(PandoError) -> Bool { numbers[id] != nil }
}
