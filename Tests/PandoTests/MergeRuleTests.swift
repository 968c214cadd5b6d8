import Pando
import PandoTestKit
import Testing

@Suite struct MergeRuleTests {
  private static let values: [Int?] = [nil, 1, 2, 3]

  private func outcome(_ rule: MergeRule<Int>, _ base: Int?, _ a: Int?, _ b: Int?) throws -> String
  {
    switch try rule.merge(base: base, ours: a, theirs: b) {
    case .value(let value): value.map { "\($0)" } ?? "absent"
    case .conflict: "conflict"
    }
  }

  private func forAll(_ body: (Int?, Int?, Int?) throws -> Void) throws {
    for base in Self.values {
      for ours in Self.values { for theirs in Self.values { try body(base, ours, theirs) } }
    }
  }

  private static let lawful: [(String, MergeRule<Int>)] = [
    ("default", .default),
    ("optional sum", .optional { base, ours, theirs in .value(ours + theirs - (base ?? 0)) }),
    ("first", .first(of: [.default, .optional { .value(max($0 ?? 0, $1, $2)) }])),
  ]

  @Test func `an unchanged side gives way, and agreement is no conflict`() throws {
    for (name, rule) in Self.lawful {
      try forAll { base, a, b in
        let result = try outcome(rule, base, a, b)
        let shown: (Int?) -> String = { $0.map { "\($0)" } ?? "absent" }
        if a == base {
          #expect(result == shown(b), "\(name) \(shown(base)) \(shown(a)) \(shown(b))")
        }
        if b == base { #expect(result == shown(a), "\(name)") }
        if a == b { #expect(result == shown(a), "\(name)") }
      }
    }
  }

  @Test func `sides can be exchanged`() throws {
    for (name, rule) in Self.lawful {
      try forAll { base, a, b in
        let (one, other) = (try outcome(rule, base, a, b), try outcome(rule, base, b, a))
        #expect(one == other, "\(name)")
      }
    }
    try forAll { base, a, b in
      let (one, other) = (try outcome(.ours, base, a, b), try outcome(.theirs, base, b, a))
      #expect(one == other)
    }
  }

  @Test func `deletion against a change is a conflict by default`() throws {
    #expect(try outcome(.default, 1, nil, 2) == "conflict")
    #expect(try outcome(.default, 1, 2, nil) == "conflict")
    #expect(try outcome(.default, 1, nil, 1) == "absent")
    #expect(try outcome(.optional { _, _, _ in .value(9) }, 1, nil, 2) == "conflict")
    #expect(try outcome(.optional { _, _, _ in .value(9) }, nil, 1, 2) == "9")
    #expect(try outcome(.ours, 1, nil, 2) == "absent")
    #expect(try outcome(.theirs, 1, nil, 2) == "2")
  }

  @Test func `the first rule that does not conflict decides`() throws {
    #expect(try outcome(.first(of: []), 1, 2, 3) == "conflict")
    #expect(try outcome(.first(of: [.default]), 1, 2, 3) == "conflict")
    #expect(try outcome(.first(of: [.default, .theirs]), 1, 2, 3) == "3")
    #expect(try outcome(.first(of: [.default, .theirs]), 1, 2, 1) == "2")
    #expect(try outcome(.custom { _, _, _ in .value(nil) }, 1, 2, 3) == "absent")
  }
}
