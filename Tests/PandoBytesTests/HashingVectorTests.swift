import PandoBytes
import Testing

struct HashVector: Sendable, CustomTestStringConvertible {
  let text: String
  let repeated: Int
  let sha1: String
  let sha256: String
  let crc: UInt32

  var testDescription: String { "\(text.prefix(20)) x \(repeated)" }
  var bytes: [UInt8] { (0..<repeated).flatMap { _ in Array(text.utf8) } }
}

/// SHA vectors from FIPS 180-4's examples; CRC-32 ones from zlib's crc32.
let hashVectors = [
  HashVector(
    text: "", repeated: 1, sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", crc: 0),
  HashVector(
    text: "abc", repeated: 1, sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", crc: 0x3524_41C2),
  HashVector(
    text: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", repeated: 1,
    sha1: "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    sha256: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", crc: 0x171A_3F5F),
  HashVector(
    text: "a", repeated: 1_000_000, sha1: "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", crc: 0xDC25_BFBC),
  HashVector(
    text: "123456789", repeated: 1, sha1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
    sha256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", crc: 0xCBF4_3926),
]

@Suite struct HashingVectorTests {
  @Test("Digests and checksums equal the published ones", arguments: hashVectors)
  func published(_ vector: HashVector) throws {
    let bytes = vector.bytes
    for (algorithm, expected) in [(HashAlgorithm.sha1, vector.sha1), (.sha256, vector.sha256)] {
      #expect(try ObjectHasher.digest(of: bytes.span, algorithm: algorithm).hex == expected)
      #expect(ChecksumHasher.digest(of: bytes.span, algorithm: algorithm).hex == expected)
    }
    #expect(CRC32.checksum(bytes.span) == vector.crc)
  }
}
