import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

@Suite("Real repositories, object by object")
struct RealObjectsTests {
  @Test("the gate gives us some", .enabled(if: RealRepository.folder != nil))
  func exist() {
    #expect(RealRepository.all.count >= 5)
  }

  @Test(
    "every object is read, taken apart, put together and hashed to its own ID",
    arguments: RealRepository.all)
  func roundTrip(_ real: RealRepository) throws {
    let repository = try Repository.open(at: FilePath(real.path))
    let objects = try #require(repository.objects as? ObjectDatabase)
    let algorithm = repository.hashAlgorithm
    var listing: [String] = []
    try objects.forEachObject(.asStored) { id, object in
      let again = try RawObject(kind: object.kind, body: rebuilt(object, algorithm))
      #expect(try again.id(algorithm) == id)
      #expect(try objects.header(of: id) == object.header)
      listing.append("\(id) \(object.kind) \(object.body.count)")
    }
    let git = GitOracle(in: real.path)
    let wanted = try git("cat-file", "--batch-all-objects", "--batch-check").lines
    #expect(listing.sorted() == wanted.sorted())
    #expect(try objects.ids().map(\.hex) == wanted.map { String($0.prefix(algorithm.hexCount)) })
  }

  /// The body, serialised from the values that parsing gave.
  private func rebuilt(_ object: RawObject, _ algorithm: HashAlgorithm) throws -> [UInt8] {
    switch object.kind {
    case .blob: return object.body
    case .commit: return try Commit(parsing: object.body.span, algorithm: algorithm).serialized
    case .tag: return try AnnotatedTag(parsing: object.body.span, algorithm: algorithm).serialized
    case .tree:
      let tree = try Tree(parsing: object.body, algorithm: algorithm)
      return tree.reduce(into: []) { body, entry in entry.append(to: &body) }
    }
  }
}
