public import PandoBytes
public import PandoFiles
public import PandoObjects

/// All values that hold for a repository, from the least to the most special file; the last value
/// of a name counts.
public struct Configuration: Sendable {
  /// Where a value comes from, the least special first.
  public enum Scope: Int, Sendable, Hashable, Comparable, CaseIterable {
    case system
    case global
    case local
    case worktree
    case command

    /// Git's word for the scope.
    public var name: String {
      switch self {
      case .system: "system"
      case .global: "global"
      case .local: "local"
      case .worktree: "worktree"
      case .command: "command"
      }
    }

    public static func < (a: Scope, b: Scope) -> Bool { a.rawValue < b.rawValue }
  }

  /// One value and where it comes from.
  public struct Entry: Hashable, Sendable {
    /// The name.
    public let name: ConfigName
    /// The value; nil for a key that stands alone, which means true.
    public let value: ByteString?
    /// What kind of place it comes from.
    public let scope: Scope
    /// The file it stands in; nil for the command line and the environment.
    public let file: FilePath?
    /// Its line, counted from 1; 0 where there is no file.
    public let line: Int

    /// Makes an entry.
    public init(
      name: ConfigName, value: ByteString?, scope: Scope, file: FilePath? = nil, line: Int = 0
    ) {
      self.name = name
      self.value = value
      self.scope = scope
      self.file = file
      self.line = line
    }
  }

  /// All values in the order in which they were read.
  public let entries: [Entry]
  /// Where `~` leads.
  let homeDirectory: FilePath?
  private let positions: [ConfigName: [Int]]

  /// Makes a configuration of entries, the least special first. O(n).
  public init(_ entries: [Entry] = [], homeDirectory: FilePath? = nil) {
    self.entries = entries
    self.homeDirectory = homeDirectory
    var positions: [ConfigName: [Int]] = [:]
    for (index, entry) in entries.enumerated() {
      positions[entry.name, default: []].append(index)
    }
    self.positions = positions
  }

  // MARK: Entries

  /// The entry that counts for a name, or nil. Names are as people type them; one that is
  /// malformed has no entry.
  public func last(_ name: String) -> Entry? {
    ConfigName(name).flatMap { positions[$0]?.last }.map { entries[$0] }
  }

  /// All entries of a name in their order.
  public func all(_ name: String) -> [Entry] {
    guard let name = ConfigName(name), let found = positions[name] else { return [] }
    return found.map { entries[$0] }
  }

  /// The subsections of a section in the order in which they first come.
  public func subsections(of section: String) -> [ByteString] {
    let section = ByteString(section.lowercased())
    var seen = Set<ByteString>()
    return entries.compactMap { entry in
      guard entry.name.section == section, let name = entry.name.subsection,
        seen.insert(name).inserted
      else { return nil }
      return name
    }
  }

  // MARK: Typed values

  /// The value as text; nil when the name has none. Throws `.invalidInput` for a key that stands
  /// alone.
  public func string(_ name: String) throws(PandoError) -> String? {
    guard let entry = last(name) else { return nil }
    guard let value = entry.value else {
      throw PandoError(.invalidInput, "missing value for '\(entry.name)'")
    }
    return value.text
  }

  /// The value as a truth; nil when the name has none. Throws `.invalidInput` for what is none.
  public func bool(_ name: String) throws(PandoError) -> Bool? {
    guard let entry = last(name) else { return nil }
    guard let value = ConfigValue.bool(entry.value) else {
      throw PandoError(
        .invalidInput,
        "bad boolean config value '\(entry.value?.text ?? "")' for '\(entry.name)'")
    }
    return value
  }

  /// The value as a number, with `k`, `m` or `g` for 1024 and its powers; nil when the name has
  /// none. Throws `.invalidInput` for what is none.
  public func integer(_ name: String) throws(PandoError) -> Int? {
    guard let entry = last(name) else { return nil }
    do throws(ConfigValue.NumberProblem) {
      return try ConfigValue.integer(entry.value)
    } catch {
      let place = entry.file.map { " in file \($0)" } ?? ""
      throw PandoError(
        .invalidInput,
        "bad numeric config value '\(entry.value?.text ?? "")' for '\(entry.name)'\(place): "
          + error.rawValue)
    }
  }

  /// The value as a path, `~/` and `~name/` worked out; nil when the name has none.
  public func path(_ name: String) throws(PandoError) -> FilePath? {
    guard let entry = last(name) else { return nil }
    guard let value = entry.value else {
      throw PandoError(.invalidInput, "missing value for '\(entry.name)'")
    }
    return try ConfigValue.path(value, home: homeDirectory)
  }
}
