/// One way to attack SHA-1: the steps and bits where a differential path starts local collisions.
///
/// Manuel ("Classification and Generation of Disturbance Vectors for Collision Attacks against
/// SHA-1", 2008) sorts them into two types, each given by a step and a bit. `all` is the selection
/// of Stevens and Shumow ("Speeding up Detection of SHA-1 Collision Attacks using Unavoidable
/// Attack Conditions", 2017): every vector a feasible attack is known for, and those near them.
struct DisturbanceVector: Hashable {
  enum Kind: Hashable {
    case one
    case two
  }

  let kind: Kind
  let step: Int
  let bit: UInt32

  private static func one(_ step: Int, _ bit: UInt32) -> DisturbanceVector {
    DisturbanceVector(kind: .one, step: step, bit: bit)
  }

  private static func two(_ step: Int, _ bit: UInt32) -> DisturbanceVector {
    DisturbanceVector(kind: .two, step: step, bit: bit)
  }

  /// The vectors a block is checked against. A vector's index here is its bit in every filter mask.
  static let all: InlineArray<32, DisturbanceVector> = [
    one(43, 0), one(44, 0), one(45, 0), one(46, 0), one(46, 2), one(47, 0), one(47, 2),
    one(48, 0), one(48, 2), one(49, 0), one(49, 2), one(50, 0), one(50, 2), one(51, 0),
    one(51, 2), one(52, 0),
    two(45, 0), two(46, 0), two(46, 2), two(47, 0), two(48, 0), two(49, 0), two(49, 2),
    two(50, 0), two(50, 2), two(51, 0), two(51, 2), two(52, 0), two(53, 0), two(54, 0),
    two(55, 0), two(56, 0),
  ]

  /// A step before which message and sibling have the same registers.
  ///
  /// A disturbance shows in the registers before the five steps after it, and no vector of `all`
  /// has one in the five words before the step given here.
  var agreement: Int { kind == .one || step < 50 ? 58 : 65 }

  /// The words of the vector for steps -5 to 79: sixteen in the middle are given, and the rest
  /// follows by the message expansion in both directions, which is linear.
  var disturbances: InlineArray<85, UInt32> {
    var words = InlineArray<85, UInt32>(repeating: 0)
    let first = step + 5
    words[first + 15] = 1 << bit
    if kind == .two {
      words[first + 1] = SHA1.rotate(1 << bit, 31)
      words[first + 3] = SHA1.rotate(1 << bit, 31)
    }
    for index in (first + 16)..<max(85, first + 16) {
      words[index] = SHA1.rotate(
        words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
    }
    for index in stride(from: first - 1, through: 0, by: -1) {
      words[index] =
        SHA1.rotate(words[index + 16], 31) ^ words[index + 13] ^ words[index + 8]
        ^ words[index + 2]
    }
    return words
  }

  /// The exclusive-or difference of message and sibling in each of the eighty words: for every
  /// disturbance, itself and its five corrections.
  var differences: SHA1.Words {
    let words = disturbances
    var differences = SHA1.Words(repeating: 0)
    for step in 0..<80 {
      let at = step + 5
      let early = words[at] ^ SHA1.rotate(words[at - 1], 5) ^ words[at - 2]
      let late = words[at - 3] ^ words[at - 4] ^ words[at - 5]
      differences[step] = early ^ SHA1.rotate(late, 30)
    }
    return differences
  }
}
