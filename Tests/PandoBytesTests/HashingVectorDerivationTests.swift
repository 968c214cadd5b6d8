import CPandoKernels
import Testing

@testable import PandoBytes

/// The signed digits of a difference: bits that go from 0 to 1, and bits that go from 1 to 0.
private struct Signed: Hashable {
  var up: UInt32
  var down: UInt32

  var value: UInt32 { up &- down }
  func rotated(_ count: UInt32) -> Signed {
    Signed(up: SHA1.rotate(up, count), down: SHA1.rotate(down, count))
  }
}

/// All differential paths along one vector through the steps the conditions speak of.
///
/// The message words differ in exactly the vector's bits. A register's difference is any sum of its
/// disturbances, each plus or minus; as digits it may be written with carries that add up to
/// `extraDigits` more. Each step's equation must hold modulo 2^32 for some outcome of the Boolean
/// function, whose other inputs are taken to be free. That admits more paths than exist, so what
/// holds on all of them holds for every attack that follows the vector in these steps.
private struct PathSpace {
  static let steps = 35..<65
  let vector: DisturbanceVector
  let differences: SHA1.Words
  /// For each step, the digits the register made by it can have; from five steps before.
  let choices: [[Signed]]
  /// For each step, from each state (index) the states it leads to with the message digits.
  var edges: [[[(to: Int, up: [UInt32])]]] = []

  init(_ vector: DisturbanceVector, extraDigits: Int) {
    self.vector = vector
    differences = vector.differences
    let words = vector.disturbances
    choices = ((Self.steps.lowerBound - 5)..<Self.steps.upperBound).map { step in
      Self.choices(words[step + 5], extraDigits)
    }
    build()
  }

  private static func choices(_ word: UInt32, _ extraDigits: Int) -> [Signed] {
    let bits = (0..<32).filter { word >> UInt32($0) & 1 == 1 }
    var found: Set<Signed> = []
    for signs in 0..<(1 << bits.count) {
      var signed = Signed(up: 0, down: 0)
      for (index, bit) in bits.enumerated() {
        if signs >> index & 1 == 1 {
          signed.up |= 1 << UInt32(bit)
        } else {
          signed.down |= 1 << UInt32(bit)
        }
      }
      var open = [
        (rest: signed.value, made: Signed(up: 0, down: 0), left: bits.count + extraDigits)
      ]
      while let next = open.popLast() {
        if next.rest == 0 { found.insert(next.made) }
        if next.rest == 0 || next.left == 0 { continue }
        let bit: UInt32 = 1 << UInt32(next.rest.trailingZeroBitCount)
        var made = next.made
        made.up |= bit
        open.append((next.rest &- bit, made, next.left - 1))
        made = next.made
        made.down |= bit
        open.append((next.rest &+ bit, made, next.left - 1))
      }
    }
    return found.sorted { ($0.up, $0.down) < ($1.up, $1.down) }
  }

  /// What the Boolean function of `step` can give for inputs of these digits.
  private static func outcomes(_ step: Int, _ inputs: [Signed]) -> Set<UInt32> {
    var sums: Set<UInt32> = [0]
    let touched = inputs.reduce(0) { $0 | $1.up | $1.down }
    for place in 0..<UInt32(32) where touched >> place & 1 == 1 {
      var digits: Set<UInt32> = []
      for values in 0..<8 {
        let before = (0..<3).map { values >> $0 & 1 }
        let after = zip(before, inputs).map { value, input in
          value ^ Int((input.up | input.down) >> place & 1)
        }
        let fits = zip(before, inputs).allSatisfy { value, input in
          (input.up >> place & 1 == 0 || value == 0) && (input.down >> place & 1 == 0 || value == 1)
        }
        if !fits { continue }
        func function(_ bits: [Int]) -> Int {
          let sum = bits.reduce(0, +)
          return (40..<60).contains(step) ? sum / 2 : sum & 1
        }
        digits.insert(UInt32(truncatingIfNeeded: function(after) - function(before)) << place)
      }
      sums = Set(sums.flatMap { sum in digits.map { sum &+ $0 } })
    }
    return sums
  }

  private mutating func build() {
    var states: [[Int]] = [[]]
    for register in 0..<5 {
      states = states.flatMap { state in choices[register].indices.map { state + [$0] } }
    }
    for step in Self.steps {
      var places: [[Int]: Int] = [:]
      var next: [[Int]] = []
      var outcomes: [[Int]: Set<UInt32>] = [:]
      let at = step - Self.steps.lowerBound
      edges.append(
        states.map { state in
          let digits = (0..<5).map { choices[at + $0][state[$0]] }
          let inputs = [digits[3], digits[2].rotated(30), digits[1].rotated(30)]
          let key = Array(state[1...3])
          let possible = outcomes[key] ?? Self.outcomes(step, inputs)
          outcomes[key] = possible
          let known = digits[4].rotated(5).value &+ digits[0].rotated(30).value
          return choices[at + 5].indices.compactMap { choice in
            let wanted = choices[at + 5][choice].value &- known
            let up = possible.compactMap { upBits(differences[step], value: wanted &- $0) }
            if up.isEmpty { return nil }
            let to = Array(state[1...]) + [choice]
            if places[to] == nil {
              places[to] = next.count
              next.append(to)
            }
            return places[to].map { ($0, up) }
          }
        })
      states = next
    }
    // Drop what leads nowhere, so that every edge lies on a whole path.
    var lives = [Bool](repeating: true, count: states.count)
    for at in edges.indices.reversed() {
      for state in edges[at].indices { edges[at][state].removeAll { !lives[$0.to] } }
      lives = edges[at].map { !$0.isEmpty }
    }
  }

  /// The bits of `word` that must be plus, the others minus, for the sum `value`; nil if none do.
  /// The sign of the highest bit does not matter and is left out.
  private func upBits(_ word: UInt32, value: UInt32) -> UInt32? {
    let doubled = value &+ word
    let up = (doubled >> 1) & 0x7FFF_FFFF
    return doubled & 1 == 0 && up & ~word == 0 ? up : nil
  }

  /// Whether any path leads through all the steps.
  var isEmpty: Bool { edges[0].allSatisfy(\.isEmpty) }

  /// Whether every path keeps `condition`.
  func keeps(_ condition: pando_condition) -> Bool {
    // Per state, which values the first bit can have had: 1 for zero, 2 for one, 4 not yet known.
    var reached = edges[0].map { $0.isEmpty ? 0 : 4 }
    for step in Self.steps {
      let at = step - Self.steps.lowerBound
      var next = [Int](repeating: 0, count: at + 1 < edges.count ? edges[at + 1].count : 0)
      for (state, seen) in reached.enumerated() where seen != 0 {
        for edge in edges[at][state] {
          for up in edge.up {
            var seen = seen
            // A bit that goes up is 0 in the message.
            if step == condition.first_step { seen = up >> condition.first_bit & 1 == 1 ? 1 : 2 }
            if step == condition.second_step {
              let bit = up >> condition.second_bit & 1 == 1 ? 0 : 1
              let allowed = bit ^ Int(condition.differ) == 0 ? 1 : 2
              if seen & ~allowed != 0 { return false }
            }
            if edge.to < next.count { next[edge.to] |= seen }
          }
        }
      }
      reached = next
    }
    return true
  }
}

@Suite struct HashingVectorDerivationTests {
  @Test("A vector's words are silent before its step of agreement", arguments: 0..<32)
  func agreement(_ index: Int) {
    let vector = DisturbanceVector.all[index]
    let words = vector.disturbances
    for step in (vector.agreement - 5)..<vector.agreement { #expect(words[step + 5] == 0) }
    #expect([58, 65].contains(vector.agreement))
  }

  @Test("The word differences expand as messages do", arguments: 0..<32)
  func expansion(_ index: Int) {
    let words = DisturbanceVector.all[index].differences
    for step in 16..<80 {
      let sum = words[step - 3] ^ words[step - 8] ^ words[step - 14] ^ words[step - 16]
      #expect(words[step] == SHA1.rotate(sum, 1))
    }
  }

  @Test(
    "Published collisions differ as type II, step 52, bit 0 says",
    arguments: [("shattered", 3), ("shattered", 4), ("sha-mbles", 1), ("sha-mbles", 9)])
  func published(_ name: String, _ block: Int) throws {
    let (left, right) = (try collisionBytes("\(name)-1"), try collisionBytes("\(name)-2"))
    let words = DisturbanceVector(kind: .two, step: 52, bit: 0).differences
    for index in 0..<64 {
      let difference = left[block * 64 + index] ^ right[block * 64 + index]
      #expect(
        difference == UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(24 - index % 4 * 8)))
    }
  }

  @Test("No differential path of a vector breaks its conditions", arguments: 0..<32)
  func conditions(_ index: Int) {
    let paths = PathSpace(DisturbanceVector.all[index], extraDigits: 2)
    #expect(!paths.isEmpty)
    for condition in CollisionFilter.conditions where condition.vectors >> index & 1 == 1 {
      #expect(paths.keeps(condition))
      #expect(PathSpace.steps.contains(Int(condition.first_step)))
      #expect(condition.first_step <= condition.second_step)
      // Both bits do differ between message and sibling, or there would be nothing to say.
      #expect(paths.differences[Int(condition.first_step)] >> condition.first_bit & 1 == 1)
      #expect(paths.differences[Int(condition.second_step)] >> condition.second_bit & 1 == 1)
      var opposite = condition
      opposite.differ ^= 1
      #expect(!paths.keeps(opposite))
    }
  }
}
