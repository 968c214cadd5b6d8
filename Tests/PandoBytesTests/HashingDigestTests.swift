import PandoBytes
import Testing

@Suite struct HashingDigestTests {
  static let texts = [
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ]

  @Test("Hex, bytes and words are the same digest", arguments: texts)
  func forms(_ text: String) throws {
    let digest = try #require(Digest(hex: text))
    #expect(digest.algorithm.hexCount == text.utf8.count)
    #expect(digest.hex == text)
    #expect(Digest(hex: text.uppercased()) == digest)
    let utf8 = Array(text.utf8)
    let read = Digest(hexBytes: utf8.span)
    #expect(read == digest)
    var hex: [UInt8] = [1]
    digest.appendHex(to: &hex)
    #expect(hex == [1] + Array(text.utf8))
    var bytes: [UInt8] = []
    digest.append(to: &bytes)
    let copied = Digest(bytes.span, algorithm: digest.algorithm)
    #expect(copied == digest)
    #expect(bytes.indices.allSatisfy { digest[byte: $0] == bytes[$0] })
    digest.withBytes { span in
      #expect(span.count == bytes.count)
      #expect(span.indices.allSatisfy { span[$0] == bytes[$0] })
    }
  }

  @Test("A wrong count or a wrong digit makes no digest", arguments: texts)
  func refused(_ text: String) {
    let utf8 = Array(text.utf8)
    for count in 0..<utf8.count where count != 40 {
      let short = Array(utf8[..<count])
      let digest = Digest(hexBytes: short.span)
      #expect(digest == nil)
    }
    #expect(Digest(hex: text + "0") == nil)
    for index in utf8.indices {
      for wrong in Array("/:@G`g \0".utf8) + [0xFF] {
        var damaged = utf8
        damaged[index] = wrong
        let digest = Digest(hexBytes: damaged.span)
        #expect(digest == nil)
      }
    }
    #expect(Digest(hex: String(repeating: "é", count: 20)) == nil)
    for algorithm in HashAlgorithm.allCases {
      for count in 0...40 where count != algorithm.byteCount {
        let bytes = [UInt8](repeating: 1, count: count)
        let digest = Digest(bytes.span, algorithm: algorithm)
        #expect(digest == nil)
      }
    }
  }

  @Test("Digests order by their bytes")
  func order() throws {
    for algorithm in HashAlgorithm.allCases {
      var made: [([UInt8], Digest)] = []
      for seed in 0..<100 {
        var bytes = [UInt8](repeating: 7, count: algorithm.byteCount)
        let noise = noise(2, seed: UInt64(seed))
        bytes[seed % bytes.count] = noise[0]
        bytes[(seed * 7) % bytes.count] = noise[1]
        let digest = Digest(bytes.span, algorithm: algorithm)
        made.append((bytes, try #require(digest)))
      }
      for (leftBytes, left) in made {
        for (rightBytes, right) in made {
          #expect((left < right) == leftBytes.lexicographicallyPrecedes(rightBytes))
          #expect((left == right) == (leftBytes == rightBytes))
        }
      }
    }
  }

  @Test("Zero is zero, and of its algorithm")
  func zero() {
    #expect(Digest.zero(.sha1).isZero)
    #expect(Digest.zero(.sha1).hex == String(repeating: "0", count: 40))
    #expect(Digest.zero(.sha256).hex == String(repeating: "0", count: 64))
    #expect(Digest.zero(.sha1) != Digest.zero(.sha256))
    #expect(Digest(hex: Self.texts[0])?.isZero == false)
  }

  @Test("Algorithms are known by git's names and numbers", arguments: HashAlgorithm.allCases)
  func algorithms(_ algorithm: HashAlgorithm) {
    #expect(HashAlgorithm(name: algorithm.name) == algorithm)
    #expect(HashAlgorithm(rawValue: algorithm.rawValue) == algorithm)
    #expect(HashAlgorithm(name: "sha512") == nil)
    #expect(algorithm.hexCount == algorithm.byteCount * 2)
  }
}
