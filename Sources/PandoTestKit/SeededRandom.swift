/// Repeatable chance: the same seed gives the same numbers everywhere (SplitMix64).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Starts from `seed`; a test prints it, so that a failure can be replayed.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// `count` random bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
  }

  /// `count` lower-case letters.
  public mutating func word(_ count: Int) -> String {
    String(decoding: (0..<count).map { _ in 97 + UInt8(next() % 26) }, as: UTF8.self)
  }
}

/// Damage for parsers: every truncation, and seeded flips of bits.
public enum Damage {
  /// Calls `body` with every proper prefix of `bytes`, or with about `limit` of them when there are
  /// more.
  public static func truncations(
    of bytes: [UInt8], limit: Int = 2000, _ body: ([UInt8]) throws -> Void
  ) rethrows {
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / limit)) {
      try body(Array(bytes.prefix(length)))
    }
  }

  /// Calls `body` with `rounds` copies of `bytes`, each with one to three bits flipped.
  public static func bitFlips(
    of bytes: [UInt8], rounds: Int = 1000, seed: UInt64 = 1, _ body: ([UInt8]) throws -> Void
  ) rethrows {
    guard !bytes.isEmpty else { return }
    var random = SeededRandom(seed: seed)
    for _ in 0..<rounds {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let position = Int.random(in: 0..<damaged.count, using: &random)
        damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      try body(damaged)
    }
  }
}
