internal import PandoBytes

/// Counts to which directories the files of a directory were renamed.
///
/// Where most of them went the directory has gone. Source: the description of directory renames in
/// git's documentation, and what its merges do.
struct DirectoryMoves {
  /// What a merge wants to know; it shrinks as the answers are known.
  private(set) var interest: RenameInterest
  /// For each directory how many of its files went where.
  private(set) var counts: [ByteString: [ByteString: Int]] = [:]
  /// How many files of a directory may still be found elsewhere.
  private var unknown: [ByteString: Int] = [:]

  init(_ interest: RenameInterest) { self.interest = interest }

  /// Counts a rename for the directory of the file, and for those above it as far as both paths end
  /// alike.
  mutating func count(from old: ByteString, to new: ByteString) {
    var (old, new) = (old, new)
    var isFirst = true
    while true {
      let (oldStep, newStep) = (old.lastName, new.lastName)
      (old, new) = (old.directory, new.directory)
      guard let need = interest.removedDirectories[old] else { return }
      if !isFirst, oldStep != newStep { return }
      if isFirst || need == .forItself { counts[old, default: [:]][new, default: 0] += 1 }
      isFirst = false
      if need == .none || old.isEmpty || new.isEmpty { return }
    }
  }

  /// Where each directory has gone as far as is known; of equally likely places the first by name.
  func guesses() -> [ByteString: ByteString] {
    counts.compactMapValues { places in
      places.min { a, b in a.value == b.value ? a.key < b.key : a.value > b.value }?.key
    }
  }

  /// Of the sources that are left, those for which it still matters where they are: not those that
  /// only could tell of directories of which most is known already.
  mutating func stillWanted(_ sources: [(number: Int, path: ByteString)]) -> [Int] {
    for source in sources {
      var directory = source.path.directory
      while !directory.isEmpty, need(directory) != .none {
        unknown[directory, default: 0] += 1
        directory = directory.directory
      }
    }
    for (directory, places) in counts where need(directory) == .forItself {
      let most = places.values.sorted(by: >)
      guard let first = most.first else { continue }
      if first > (most.dropFirst().first ?? 0) + unknown[directory, default: 0] {
        interest.removedDirectories[directory] = .forAncestor
      }
    }
    return sources.filter { source in
      interest.sources[source.path] != .location || isWanted(source.path)
    }.map(\.number)
  }

  private func isWanted(_ path: ByteString) -> Bool {
    var directory = path.directory
    while true {
      switch need(directory) {
      case .none: return false
      case .forItself: return true
      case .forAncestor: directory = directory.directory
      }
      if directory.isEmpty { return need(directory) == .forItself }
    }
  }

  private func need(_ directory: ByteString) -> RenameInterest.Need {
    interest.removedDirectories[directory] ?? .none
  }

  /// The counts of directories that matter.
  var result: [ByteString: [ByteString: Int]] {
    counts.filter { need($0.key) != .none && !$0.value.isEmpty }
  }
}
