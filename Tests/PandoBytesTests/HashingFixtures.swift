import Foundation
import PandoBytes

/// The first two colliding blocks of a published pair, with what precedes them.
///
/// From shattered.io (Stevens, Bursztein, Karpman, Albertini, Markov, 2017) and sha-mbles.github.io
/// (Leurent, Peyrin, 2020).
let collisionNames = ["shattered-1", "shattered-2", "sha-mbles-1", "sha-mbles-2"]

func collisionBytes(_ name: String) throws -> [UInt8] {
  let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/collisions/\(name).bin")
  return [UInt8](try Data(contentsOf: fixtures))
}

/// Bytes that look random and are the same on every run.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}
