import PandoObjects
import PandoTestKit

/// What the dates of a made-up history are worth.
enum Clock: CaseIterable {
  case honest, equal, jittery, lying, backwards

  func date(_ index: Int, _ random: inout SeededRandom) -> Int64 {
    switch self {
    case .honest: Int64(1000 + index * 10)
    case .equal: 1000
    case .jittery: Int64(1000 + index * 10 + Int.random(in: -35...35, using: &random))
    case .lying: Int64.random(in: 1...5000, using: &random)
    case .backwards: Int64(100_000 - index * 10)
    }
  }
}

/// A seeded history of commits on the empty tree.
struct RandomHistory {
  var fixture: Fixture
  var commits: [ObjectID] = []
  var random: SeededRandom

  /// Makes `count` commits beside what `fixture` has; `width` tells from how far back parents are
  /// taken.
  init(
    seed: UInt64, count: Int, width: Int, clock: Clock, beside fixture: Fixture = Fixture()
  ) throws {
    self.fixture = fixture
    random = SeededRandom(seed: seed)
    for index in 0..<count {
      var parents: [ObjectID] = []
      let wanted = [0, 1, 1, 1, 1, 1, 2, 2, 2, 3][Int.random(in: 0..<10, using: &random)]
      let recent = commits.suffix(width)
      for _ in 0..<(index < 3 ? min(1, index) : wanted) {
        if let parent = recent.randomElement(using: &random), !parents.contains(parent) {
          parents.append(parent)
        }
      }
      let date = clock.date(index, &random)
      let authorDate = clock.date(index, &random)
      commits.append(
        try self.fixture.commit(
          parents: parents, date: date, authorDate: authorDate, message: "\(index)"))
    }
  }

  /// Up to `count` different commits.
  mutating func some(_ count: Int) -> [ObjectID] {
    Array(commits.shuffled(using: &random).prefix(count))
  }
}
