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

  @Test func `lines that do not touch merge, and others conflict`() throws {
    func lines(_ base: String?, _ ours: String?, _ theirs: String?) throws -> [String?] {
      let texts = [base, ours, theirs]
      let text = try MergeRule<String>.lines.merge(base: base, ours: ours, theirs: theirs)
      let bytes = texts.map { $0.map { Array($0.utf8) } }
      let raw = try MergeRule<[UInt8]>.lines.merge(
        base: bytes[0], ours: bytes[1], theirs: bytes[2])
      var result: [String?] = []
      if case .value(let value) = text {
        result.append(value ?? "absent")
      } else {
        result.append(nil)
      }
      if case .value(let value) = raw {
        result.append(value.map { String(decoding: $0, as: UTF8.self) } ?? "absent")
      } else {
        result.append(nil)
      }
      return result
    }
    let base = "1\n2\n3\n4\n5\n"
    let cases: [(String?, String?, String?, String?)] = [
      (base, "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n", "one\n2\n3\n4\nfive\n"),
      (base, "one\n2\n3\n4\n5\n", "uno\n2\n3\n4\n5\n", nil),
      (base, base, nil, "absent"), (base, nil, "1\n", nil), (nil, "a\n", "b\n", nil),
      (nil, "a\n", "a\n", "a\n"), (base, "", base, ""),
    ]
    for (base, ours, theirs, merged) in cases {
      #expect(try lines(base, ours, theirs) == [merged, merged])
      #expect(try lines(base, theirs, ours) == [merged, merged])
    }
    guard
      case .conflict = try MergeRule<[UInt8]>.lines.merge(
        base: [0, 1, 10], ours: [0, 2, 10], theirs: [0, 1, 10, 3])
    else {
      Issue.record("what is not text was merged")
      return
    }
  }
}
