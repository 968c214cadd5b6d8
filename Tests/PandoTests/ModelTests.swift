import Pando
import PandoTestKit
import Testing

/// A dictionary that follows the rules of paths: the model of a branch.
private struct Model {
  var values: [String: String] = [:]

  mutating func set(_ value: String, _ path: String) {
    remove(path)
    // A file on the way gives place to a directory.
    for prefix in Self.prefixes(of: path) { values[prefix] = nil }
    values[path] = value
  }

  mutating func remove(_ path: String) {
    values = values.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
  }

  mutating func move(_ from: String, _ to: String) {
    let moved = values.filter { $0.key == from || $0.key.hasPrefix(from + "/") }
    guard !moved.isEmpty, from != to, !to.hasPrefix(from + "/") else { return }
    remove(from)
    remove(to)
    for prefix in Self.prefixes(of: to) { values[prefix] = nil }
    for (path, value) in moved { values[to + path.dropFirst(from.count)] = value }
  }

  private static func prefixes(of path: String) -> [String] {
    let steps = path.split(separator: "/")
    return (1..<steps.count + 1).dropLast().map { steps.prefix($0).joined(separator: "/") }
  }
}

@Suite struct ModelTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `a branch behaves as a dictionary of paths`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bed = try BackEnd.allCases[Int(seed) % BackEnd.allCases.count].bed()
    var model = Model()
    var past: [(ObjectID, [String: String])] = []
    func path() -> String {
      (0..<Int.random(in: 1...4, using: &random))
        .map { _ in ["a", "b", "c", "a.b", "c0"].randomElement(using: &random) ?? "a" }
        .joined(separator: "/")
    }
    for round in 0..<60 {
      let before = model
      let update = try bed.main.update("Round \(round)") { tree in
        for _ in 0..<Int.random(in: 1...6, using: &random) {
          let (path, other) = (path(), path())
          switch Int.random(in: 0..<10, using: &random) {
          case 0..<6:
            let value = random.word(3)
            try tree.set(value, at: TreePath(path))
            model.set(value, path)
          case 6..<8:
            try tree.remove(at: TreePath(path))
            model.remove(path)
          default:
            if (try? tree.move(from: TreePath(path), to: TreePath(other))) != nil {
              model.move(path, other)
            }
          }
          #expect(try tree.get(TreePath(path)) == model.values[path])
        }
      }
      #expect(
        (update.commit == nil) == (before.values == model.values), "seed \(seed) round \(round)")
      if let commit = update.commit { past.append((commit, model.values)) }
      #expect(try bed.main.snapshot().contents() == model.values, "seed \(seed) round \(round)")
    }
    for (commit, values) in past {
      #expect(try bed.store.snapshot(of: commit).contents() == values)
    }
    for ((a, old), (b, new)) in zip(past, past.dropFirst(3)) {
      try check(try bed.store.snapshot(of: a).diff(to: bed.store.snapshot(of: b)), old, new)
    }
  }

  private func check(
    _ changes: [ValueChange<String>], _ old: [String: String], _ new: [String: String]
  ) throws {
    var result = old
    for change in changes {
      #expect(try change.oldValue() == old[change.path.description])
      result[change.path.description] = try change.newValue()
    }
    #expect(result == new)
    #expect(changes.count == Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.count)
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `the tree's name does not depend on the way to it`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var paths = Set<String>()
    for _ in 0..<200 { paths.insert("\(random.word(1))/\(random.word(1))/\(random.word(2))") }
    let bed = try BackEnd.memory.bed()
    let together = try bed.store.branch("together")
    try together.update("All") { tree in for path in paths { try tree.set(path, at: "\(path)") } }
    let single = try bed.store.branch("single")
    for path in paths.shuffled(using: &random) { try single.set(path, at: "\(path)", "One") }
    #expect(try single.snapshot() == together.snapshot())
  }
}
