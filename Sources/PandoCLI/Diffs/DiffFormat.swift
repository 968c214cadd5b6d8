/// How differences are shown: several of these may be asked for at once.
struct DiffFormat: OptionSet, Hashable, Sendable {
  let rawValue: Int

  static let raw = DiffFormat(rawValue: 1)
  static let numstat = DiffFormat(rawValue: 2)
  static let stat = DiffFormat(rawValue: 4)
  static let shortstat = DiffFormat(rawValue: 8)
  static let summary = DiffFormat(rawValue: 16)
  static let patch = DiffFormat(rawValue: 32)
  static let nameOnly = DiffFormat(rawValue: 64)
  static let nameStatus = DiffFormat(rawValue: 128)

  /// Those that show nothing but names.
  static let names: DiffFormat = [.nameOnly, .nameStatus]
  /// Those that one line tells of each file.
  static let listings: DiffFormat = [.raw, .nameOnly, .nameStatus]
  /// Those that count lines.
  static let counts: DiffFormat = [.numstat, .stat, .shortstat]
  /// Those that tell of merges by their first parent.
  static let ofFirstParent: DiffFormat = [.numstat, .stat, .shortstat, .summary]
  /// Those that want files and not directories.
  static let recursive: DiffFormat = [.numstat, .stat, .shortstat, .summary, .patch]
}
