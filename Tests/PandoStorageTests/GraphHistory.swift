import PandoBytes
import PandoObjects
import PandoStorage
import PandoTestKit

/// A seeded history for commit-graphs: merges, octopuses, several roots, dates that lie, paths of
/// all kinds, wide and empty changes; as a stream for `git fast-import`.
struct GraphHistory {
  private(set) var stream = ""
  private var random: SeededRandom
  private var count = 0
  private let isLongDated: Bool
  private let digits: Int

  /// - Parameter isLongDated: whether some dates are so far ahead that offsets need 64 bits.
  init(_ algorithm: HashAlgorithm, seed: UInt64, isLongDated: Bool = false) {
    digits = algorithm.hexCount
    random = SeededRandom(seed: seed)
    self.isLongDated = isLongDated
  }

  private static let directories = [
    "", "a/", "a/b/", "a/b/c/d/e/", "docs/", "Straße/", "日本/語/", "sp ace/", "é/",
  ]
  private static let names = ["x", "y.txt", "ä", "naïve.c", "README", "ünï/cödé", "z z", "q\u{7f}"]

  /// Adds `commits` commits on a few branches, none of which loses what it had.
  mutating func grow(_ commits: Int) {
    for _ in 0..<commits {
      count += 1
      let branch = random.next() % 4
      let isRoot = count <= 2 || random.next() % 30 == 0
      stream += "commit refs/heads/b\(isRoot ? UInt64(count) + 10 : branch)\nmark :\(count)\n"
      stream += "committer A <a@b> \(date()) +0000\n" + Self.data("commit \(count)\n")
      if !isRoot { addParents() }
      addChanges()
    }
    stream += "tag v\(count)\nfrom :\(count)\ntagger A <a@b> 1000000000 +0000\n"
    stream += Self.data("one\n")
  }

  private mutating func date() -> Int {
    switch random.next() % 12 {
    case 0: 1_000_000_000 + Int(random.next() % 1_000_000)
    case 1: 1
    case 2 where isLongDated: 4_000_000_000
    case 3 where isLongDated: 9_000_000_000 + Int(random.next() % 100)
    default: 1_100_000_000 + count * 60
    }
  }

  private mutating func addParents() {
    let wanted = [1, 1, 1, 1, 1, 2, 2, 3, 5][Int(random.next() % 9)]
    var parents: [Int] = []
    for _ in 0..<wanted {
      let parent = max(1, count - 1 - Int(random.next() % 12))
      if parent < count, !parents.contains(parent) { parents.append(parent) }
    }
    for (number, parent) in parents.enumerated() {
      stream += "\(number == 0 ? "from" : "merge") :\(parent)\n"
    }
  }

  private mutating func addChanges() {
    switch random.next() % 16 {
    case 0: return
    case 1:
      for number in 0..<(500 + Int(random.next() % 30)) {
        change("many/f\(number)", random.word(3))
      }
    case 2: stream += "D many\n"
    case 3: change("swap", random.word(5))
    case 4: change("swap/inner/file", random.word(5))
    case 5: stream += "M 100755 inline a/x\n" + Self.data("same")
    case 6:
      stream +=
        "M 160000 \(String(repeating: "1\(random.next() % 10)", count: digits / 2)) module\n"
    case 7: stream += "D a/b\n"
    default:
      for _ in 0..<(1 + random.next() % 4) {
        let directory = Self.directories[Int(random.next() % UInt64(Self.directories.count))]
        let name = Self.names[Int(random.next() % UInt64(Self.names.count))]
        change(directory + name, random.word(5))
      }
    }
  }

  private mutating func change(_ path: String, _ text: String) {
    stream += "M 100644 inline \(path)\n" + Self.data(text)
  }

  private static func data(_ text: String) -> String { "data \(text.utf8.count)\n\(text)\n" }
}

extension GitRepository {
  /// Imports a history; all of it ends in one pack.
  func importStream(_ stream: String) throws {
    try git(
      "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--force",
      "--date-format=raw-permissive", input: Array(stream.utf8))
  }

  /// A repository with a history for commit-graphs.
  static func graphHistory(
    _ algorithm: HashAlgorithm, commits: Int = 120, seed: UInt64, isLongDated: Bool = false
  ) throws -> GitRepository {
    let repository = try GitRepository(algorithm)
    var history = GraphHistory(algorithm, seed: seed, isLongDated: isLongDated)
    history.grow(commits)
    try repository.importStream(history.stream)
    return repository
  }
}
