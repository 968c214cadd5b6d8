import PandoBytes
import PandoTestKit
import Testing

/// Every mix of kernels this CPU can run, the empty one being the portable path.
private let kernelSets: [HashKernels] = {
  let every: [HashKernels] = [
    [.sha1, .sha256, .crc32, .filter], [.sha1], [.filter], [.sha1, .filter],
  ]
  return every.map { $0.intersection(.available) }
}()

private func objectDigest(
  _ pieces: [ArraySlice<UInt8>], _ algorithm: HashAlgorithm, _ kernels: HashKernels
) throws -> Digest {
  var hasher = ObjectHasher(algorithm, kernels: kernels)
  for piece in pieces { hasher.update(piece.span) }
  return try hasher.finish()
}

private func checksum(
  _ pieces: [ArraySlice<UInt8>], _ algorithm: HashAlgorithm, _ kernels: HashKernels
) -> Digest {
  var hasher = ChecksumHasher(algorithm, kernels: kernels)
  for piece in pieces { hasher.update(piece.span) }
  return hasher.finish()
}

@Suite struct HashingKernelTests {
  @Test("Every mix of kernels gives the portable path's digests at every length")
  func lengths() throws {
    let bytes = noise(2000, seed: 11)
    for count in 0...bytes.count {
      let piece = [bytes[(bytes.count - count)...]]
      for algorithm in HashAlgorithm.allCases {
        let expected = checksum(piece, algorithm, [])
        #expect(try objectDigest(piece, algorithm, []) == expected)
        for kernels in kernelSets {
          #expect(checksum(piece, algorithm, kernels) == expected)
          #expect(try objectDigest(piece, algorithm, kernels) == expected)
        }
      }
    }
  }

  @Test("Long inputs, in blocks past every chunk of the detector, give the portable digest")
  func long() throws {
    let bytes = noise(64 * 64 * 3 + 777, seed: 12)
    for algorithm in HashAlgorithm.allCases {
      let expected = checksum([bytes[...]], algorithm, [])
      for kernels in kernelSets {
        #expect(try objectDigest([bytes[...]], algorithm, kernels) == expected)
      }
    }
  }

  @Test("Where the stream is cut does not matter")
  func splits() throws {
    let bytes = noise(1500, seed: 13)
    for algorithm in HashAlgorithm.allCases {
      let expected = checksum([bytes[...]], algorithm, [])
      for cut in 0...bytes.count {
        let pieces = [bytes[..<cut], bytes[cut...]]
        #expect(try objectDigest(pieces, algorithm, .available) == expected)
        #expect(checksum(pieces, algorithm, .available) == expected)
      }
      for size in [1, 7, 63, 64, 65, 511, 512, 513] {
        let pieces = stride(from: 0, to: bytes.count, by: size).map {
          bytes[$0..<min($0 + size, bytes.count)]
        }
        #expect(try objectDigest(pieces, algorithm, .available) == expected)
      }
    }
  }

  @Test("CRC-32 is the portable one at every length and place, and continues")
  func crc() {
    let bytes = noise(2000, seed: 14)
    let whole = CRC32.checksum(bytes.span)
    for count in 0...bytes.count {
      let piece = bytes[(bytes.count - count)...]
      let expected = CRC32.checksum(piece.span, continuing: 77, kernels: [])
      let accelerated = CRC32.checksum(piece.span, continuing: 77)
      #expect(accelerated == expected)
      let before = bytes[..<(bytes.count - count)]
      let start = CRC32.checksum(before.span)
      let continued = CRC32.checksum(piece.span, continuing: start)
      #expect(continued == whole)
    }
  }

  @Test("Git names blobs of every size class alike")
  func git() throws {
    let directory = try TemporaryDirectory()
    let bytes = noise(3000, seed: 15)
    let counts = Array(stride(from: 0, to: 200, by: 1)) + Array(stride(from: 200, to: 3000, by: 37))
    for count in counts { try directory.write(Array(bytes[..<count]), to: "\(count)") }
    let paths = Array(counts.map { "\($0)\n" }.joined().utf8)
    for algorithm in HashAlgorithm.allCases {
      let git = GitOracle(
        in: directory.path, environment: ["GIT_DEFAULT_HASH": algorithm.name])
      try git("init", "--quiet", algorithm.name)
      let names = try git(
        "--git-dir=\(algorithm.name)/.git", "hash-object", "--no-filters", "--stdin-paths",
        input: paths
      ).lines
      #expect(names.count == counts.count)
      for (count, name) in zip(counts, names) {
        let header = Array("blob \(count)\0".utf8)
        let body = bytes[..<count]
        let id = try ObjectHasher.digest(of: header.span, body.span, algorithm: algorithm)
        #expect(id.hex == name)
      }
    }
  }
}
