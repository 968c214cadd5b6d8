/// SHA-1 that notices blocks made by a collision attack: counter-cryptanalysis (Stevens, CRYPTO
/// 2013; Stevens and Shumow, USENIX Security 2017).
///
/// Every known attack follows one of few disturbance vectors. Each fixes how the message words of
/// the colliding sibling differ, and a step at which both messages have equal registers. So from
/// one message alone the sibling can be rebuilt: change the words, start from the registers at that
/// step, undo the steps before for the chaining value the sibling began with, do the steps after
/// for the one it ended with. If that equals ours, the block is half of a collision.
enum CollisionDetector {
  /// The word differences of each vector in `DisturbanceVector.all`.
  private static let differences: [SHA1.Words] = {
    DisturbanceVector.all.indices.map { DisturbanceVector.all[$0].differences }
  }()

  /// Takes `count` blocks at `blocks` into `state`. Returns whether one is part of a collision.
  static func compress(
    _ state: inout HashState, _ blocks: UnsafeRawPointer, count: Int
  ) -> Bool {
    var words = SHA1.Words(repeating: 0)
    var found = false
    for index in 0..<count {
      unsafe SHA1.expand(blocks + index &* 64, into: &words)
      var registers = SHA1.Registers(state)
      SHA1.run(&registers, words, from: 0, to: 58)
      let at58 = registers
      SHA1.run(&registers, words, from: 58, to: 65)
      let at65 = registers
      SHA1.run(&registers, words, from: 65, to: 80)
      state = registers.added(to: state)
      for vector in DisturbanceVector.all.indices {
        let step = DisturbanceVector.all[vector].agreement
        let middle = step == 58 ? at58 : at65
        if collides(middle, at: step, words, with: differences[vector], output: state) {
          found = true
        }
      }
    }
    return found
  }

  /// Whether the sibling that has `middle` before step `step`, and words that differ from `words`
  /// by `differences`, ends in `output` too.
  static func collides(
    _ middle: SHA1.Registers, at step: Int, _ words: borrowing SHA1.Words,
    with differences: borrowing SHA1.Words, output: HashState
  ) -> Bool {
    var sibling = SHA1.Words(repeating: 0)
    for index in 0..<80 { sibling[index] = words[index] ^ differences[index] }
    var before = middle
    SHA1.runBack(&before, sibling, from: step)
    var after = middle
    SHA1.run(&after, sibling, from: step, to: 80)
    let start: HashState = [before.a, before.b, before.c, before.d, before.e, 0, 0, 0]
    let end = after.added(to: start)
    return (0..<5).allSatisfy { end[$0] == output[$0] }
  }
}
