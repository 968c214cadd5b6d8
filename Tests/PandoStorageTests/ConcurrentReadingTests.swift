import PandoBytes
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

struct ConcurrentReadingTests {
  @Test("threads that read one database beside a repack get git's objects")
  func threads() async throws {
    let repository = try StoredForm.severalPacks.make(.sha1)
    let expected = try repository.everything()
    var options = ObjectDatabase.Options()
    options.deltaCacheBytes = 30_000
    let database = try repository.database(options)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for reader in 0..<4 {
        group.addTask {
          for step in 0..<3 * expected.count {
            let item = expected[(step * 7 + reader * 13) % expected.count]
            let object = try database.read(item.id)
            let header = try database.header(of: item.id)
            #expect(object == item.object && header == item.object.header)
          }
        }
      }
      group.addTask { _ = try repository.git("repack", "-adfq") }
      try await group.waitForAll()
    }
  }
}
