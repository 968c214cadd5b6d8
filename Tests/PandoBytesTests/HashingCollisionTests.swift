import PandoTestKit
import Testing

@testable import PandoBytes

/// Runs the detector over whole blocks, `sizes` at a time in turn, and tells where it ended.
private func detect(
  _ bytes: [UInt8], sizes: [Int], kernels: HashKernels, filtered: Bool = true
) -> (found: Bool, state: [UInt32]) {
  var state = SHA1.initial
  var found = false
  bytes.withUnsafeBufferPointer { buffer in
    var block = 0
    var turn = 0
    while let base = buffer.baseAddress, block < buffer.count / 64 {
      let count = min(sizes[turn % sizes.count], buffer.count / 64 - block)
      if CollisionDetector.compress(
        &state, base + block * 64, count: count, kernels: kernels, filtered: filtered)
      {
        found = true
      }
      block += count
      turn += 1
    }
  }
  return (found, (0..<5).map { state[$0] })
}

private let mixes: [HashKernels] = [
  [], .available, HashKernels.available.subtracting(.filter),
  HashKernels.available.subtracting(.sha1),
]

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

  @Test("The pairs do collide", arguments: ["shattered", "sha-mbles"])
  func pairs(_ name: String) throws {
    let (left, right) = (try collisionBytes("\(name)-1"), try collisionBytes("\(name)-2"))
    #expect(left != right)
    #expect(
      ChecksumHasher.digest(of: left.span, algorithm: .sha1)
        == ChecksumHasher.digest(of: right.span, algorithm: .sha1))
  }

  @Test("A header before it undoes a collision, to git and to us", arguments: collisionNames)
  func header(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let bytes = try collisionBytes(name)
    let git = GitOracle(in: directory.path)
    let blob = try git("hash-object", "--stdin", input: bytes).line
    let header = Array("blob \(bytes.count)\0".utf8)
    #expect(try ObjectHasher.digest(of: header.span, bytes.span, algorithm: .sha1).hex == blob)
  }

  @Test("A collision is found wherever batches begin and end", arguments: collisionNames)
  func alignments(_ name: String) throws {
    let bytes = try collisionBytes(name) + noise(64 * 70, seed: 21)
    let expected = detect(bytes, sizes: [1], kernels: [], filtered: false)
    #expect(expected.found)
    for kernels in mixes {
      for first in 1...20 {
        for rest in [1, 2, 3, 7, 8, 9, 16, 17, 64, 65, 100] {
          #expect(detect(bytes, sizes: [first, rest], kernels: kernels) == expected)
        }
      }
    }
  }

  @Test(
    "Damaged collisions get the verdict of the check without a filter", arguments: collisionNames)
  func nearMisses(_ name: String) throws {
    let bytes = try collisionBytes(name)
    var random = SeededRandom(seed: 22)
    var missed = 0
    for _ in 0..<150 {
      var damaged = bytes
      damaged[Int.random(in: 0..<damaged.count, using: &random)] ^=
        1
        << UInt8.random(
          in: 0..<8, using: &random)
      let expected = detect(damaged, sizes: [64], kernels: [], filtered: false)
      if !expected.found { missed += 1 }
      for kernels in mixes {
        #expect(detect(damaged, sizes: [64], kernels: kernels) == expected)
      }
    }
    #expect(missed > 0)
  }

  @Test("Random content is no collision, with or without the filter")
  func random() {
    let bytes = noise(64 * 300, seed: 23)
    let expected = detect(bytes, sizes: [64], kernels: [], filtered: false)
    #expect(!expected.found)
    for kernels in mixes { #expect(detect(bytes, sizes: [64], kernels: kernels) == expected) }
  }
}
