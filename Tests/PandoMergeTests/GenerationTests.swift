import PandoBytes
import PandoFiles
import PandoMerge
import PandoObjects
import PandoStorage
import PandoStore
import PandoTestKit
import Testing

/// Questions about history, with every kind of generation numbers there is.
@Suite("Generations")
struct GenerationTests {
  /// What a repository knows of generations.
  enum Numbers: CaseIterable {
    case none
    /// Topological levels.
    case levels
    case correctedDates
    /// Several files, the last commits in none of them.
    case chain
  }

  private static let historyCount = 100
  private let histories: [RandomHistory]
  private let git: GitRepository

  /// Random histories of all clocks, side by side in one repository.
  init() throws {
    var histories: [RandomHistory] = []
    for seed in 0..<Self.historyCount {
      let clock = Clock.allCases[seed % Clock.allCases.count]
      histories.append(
        try RandomHistory(
          seed: UInt64(seed) + 1000, count: 30, width: [3, 6, 30][seed % 3], clock: clock,
          beside: histories.last?.fixture ?? Fixture()))
    }
    self.histories = histories
    git = try (histories.last?.fixture ?? Fixture()).repository()
  }

  private func database(_ numbers: Numbers) throws -> ObjectDatabase {
    let lines = histories.map { $0.commits.map(\.hex) }
    func write(_ options: [String], _ commits: [String], version: Int = 2) throws {
      let settings = ["-c", "commitGraph.generationVersion=\(version)"]
      let text = commits.joined(separator: "\n") + "\n"
      let words = settings + ["commit-graph", "write", "--stdin-commits"] + options
      let written = try git.git.run(words, input: Array(text.utf8))
      #expect(written.status == 0, "\(written.errors)")
    }
    switch numbers {
    case .none: break
    case .levels: try write([], lines.flatMap(\.self), version: 1)
    case .correctedDates: try write([], lines.flatMap(\.self))
    case .chain:
      for part in [10, 20, 28] {
        try write(["--split=no-merge"], lines.flatMap { $0.prefix(part) })
      }
    }
    let database = try ObjectDatabase(
      FilePath(git.directory.path) / "objects", algorithm: .sha1, files: LocalFileSystem())
    #expect((database.openCommitGraph?.layers.count ?? 0) == [0, 1, 1, 3][index(of: numbers)])
    #expect(numbers == .none || database.commitGraph?.hasCorrectedDates == (numbers != .levels))
    return database
  }

  private func index(of numbers: Numbers) -> Int { Numbers.allCases.firstIndex(of: numbers) ?? 0 }

  @Test("merge bases are git's", arguments: Numbers.allCases)
  func mergeBases(_ numbers: Numbers) throws {
    var bases = MergeBases(try database(numbers))
    for (number, history) in histories.enumerated() {
      var history = history
      let commits = history.some(2 + number % 3)
      let names = commits.map(\.hex)
      let rest = Array(commits.dropFirst())
      let all = try git.ids(["merge-base", "--all"] + names)
      let found = try bases.all(commits[0], rest)
      #expect(found == all, "\(number) \(numbers)")
      let heads = try git.ids(["merge-base", "--independent"] + names)
      #expect(try bases.independent(commits) == heads, "\(number) \(numbers)")
      let status = try git.git.run(["merge-base", "--is-ancestor", names[0], names[1]]).status
      #expect(try bases.isAncestor(commits[0], of: commits[1]) == (status == 0), "\(number)")
    }
  }

  @Test("walks list and count what git lists", arguments: Numbers.allCases)
  func walks(_ numbers: Numbers) throws {
    let database = try database(numbers)
    for (number, history) in histories.enumerated() where number % 2 == 0 {
      var history = history
      let starts = history.some(1 + number % 3)
      var options = RevisionWalk.Options()
      options.followsFirstParentOnly = number % 4 == 0
      let flags = options.followsFirstParentOnly ? ["--first-parent"] : []
      let wanted = try git.ids(["rev-list"] + flags + starts.map(\.hex))
      let terms = starts.map { RevisionTerm(id: $0, name: "") }
      var walk = try RevisionWalk(database, from: terms, options)
      var ids: [ObjectID] = []
      while let id = try walk.nextID() { ids.append(id) }
      #expect(ids == wanted, "\(number) \(numbers)")
      var counted = try RevisionWalk(database, from: terms, options)
      #expect(try counted.count().other == wanted.count)
      // What is left is counted when some were taken before.
      var begun = try RevisionWalk(database, from: terms, options)
      #expect(try begun.next()?.id == wanted.first)
      #expect(try begun.count().other == wanted.count - 1)
    }
  }
}
