import PandoBytes
import Testing

@Suite struct HashingCollisionTests {
  @Test("Published collisions are refused as object content", arguments: collisionNames)
  func refused(_ name: String) throws {
    let bytes = try collisionBytes(name)
    let plain = ChecksumHasher.digest(of: bytes.span, algorithm: .sha1)
    #expect(throws: CollisionDetected(digest: plain)) {
      try ObjectHasher.digest(of: bytes.span, algorithm: .sha1)
    }
    #expect(throws: Never.self) { try ObjectHasher.digest(of: bytes.span, algorithm: .sha256) }
  }
}
