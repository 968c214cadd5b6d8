import Foundation
import PandoTestKit
import Testing

@Suite("Fuzz corpora")
struct CorpusTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/corpora")

  static func corpus(of target: FuzzTarget) throws -> [[UInt8]] {
    let folder = root.appendingPathComponent(target.rawValue)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      [UInt8](try Data(contentsOf: folder.appendingPathComponent($0)))
    }
  }

  @Test("every input runs through its parser", arguments: FuzzTarget.allCases)
  func inputs(_ target: FuzzTarget) throws {
    let corpus = try Self.corpus(of: target)
    #expect(corpus.count >= 3, "a parser starts with a few inputs of each kind")
    for input in corpus { target.run(input) }
  }

  @Test("so does every input cut short or with bits flipped", arguments: FuzzTarget.allCases)
  func damaged(_ target: FuzzTarget) throws {
    let rounds = target.isCostly ? 20 : 300
    for input in try Self.corpus(of: target) {
      Damage.truncations(of: input, limit: rounds) { target.run($0) }
      Damage.bitFlips(of: input, rounds: rounds) { target.run($0) }
    }
  }
}
