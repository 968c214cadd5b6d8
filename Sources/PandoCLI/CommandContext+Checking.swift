internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// What settings make of findings in objects.
extension CommandContext {
  /// The settings below `fsck`. Throws git's complaints about those that cannot be meant.
  /// `defaults` hold where they say nothing.
  func checkPolicy(
    isStrict: Bool, defaults: [(name: String, word: String)] = []
  ) throws -> CheckPolicy {
    var policy = CheckPolicy(isStrict: isStrict)
    for (name, word) in defaults { try policy.set(name, to: word) }
    for entry in try configuration().entries
    where entry.name.section == "fsck" && entry.name.subsection == nil {
      guard let value = entry.value else {
        throw CommandFailure(
          lines: [
            "error: missing value for '\(entry.name)'",
            "fatal: bad config variable '\(entry.name)'",
          ], status: .fatal)
      }
      if entry.name.key == "skiplist" {
        try skip(value, &policy)
      } else {
        try policy.set(entry.name.key.text, to: value.text)
      }
    }
    return policy
  }

  /// The largest list of objects to be passed over that is read.
  private static let skipListBytesMax = 1 << 28

  private func skip(_ name: ByteString, _ policy: inout CheckPolicy) throws {
    let path = try ConfigValue.path(name, home: environment.homeDirectory)
      .resolved(against: currentDirectory)
    guard let list = try fileSystem.contents(of: path, limit: Self.skipListBytesMax) else {
      throw CommandFailure.fatal("could not open object name list: \(name)")
    }
    try policy.skip(parsing: list, algorithm: repository().hashAlgorithm)
  }
}
