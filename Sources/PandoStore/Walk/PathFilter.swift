internal import PandoBytes
internal import PandoStorage

/// Paths that a history or a listing is limited to: Git's pathspecs, from the root of a tree.
///
/// A spec matches the path itself and all below it; `*`, `?` and brackets match as in a shell, and
/// `*` also matches slashes. Source: gitglossary, "pathspec".
public struct PathFilter: Sendable {
  /// What a filter says of an entry.
  public enum Verdict: Hashable, Sendable {
    /// Nothing there matches.
    case none
    /// Something below may match.
    case below
    /// The entry matches, with all below it.
    case all
  }

  private struct Spec: Sendable {
    let bytes: [UInt8]
    /// Where the first wildcard stands; the count when there is none.
    let literalCount: Int
    let needsDirectory: Bool
    let isExcluding: Bool
    let ignoresCase: Bool
    let keepsSlashes: Bool
  }

  private let specs: [Spec]
  private let hasExclusions: Bool

  /// One path and how it is meant.
  public struct Item: Hashable, Sendable {
    /// The path from the root.
    public var path: [UInt8]
    /// Whether wildcards stand for themselves.
    public var isLiteral = false
    /// Whether `*` stops at slashes.
    public var isGlob = false
    /// Whether letters match both cases.
    public var ignoresCase = false
    /// Whether what matches is left out.
    public var isExcluding = false

    /// Describes a path.
    public init(_ path: [UInt8]) { self.path = path }
  }

  /// Makes a filter of paths from the root. The empty path matches everything.
  public init(_ items: [Item]) {
    specs = items.map { item in
      var bytes = item.path
      let needsDirectory = bytes.last == UInt8(ascii: "/")
      if needsDirectory { bytes.removeLast() }
      let wildcard = item.isLiteral ? nil : bytes.firstIndex { "*?[\\".utf8.contains($0) }
      return Spec(
        bytes: bytes, literalCount: wildcard ?? bytes.count, needsDirectory: needsDirectory,
        isExcluding: item.isExcluding, ignoresCase: item.ignoresCase, keepsSlashes: item.isGlob)
    }
    hasExclusions = items.contains { $0.isExcluding }
  }

  /// The paths that the filter stands for, when it is nothing but paths; else nil.
  package var plainPaths: [[UInt8]]? {
    let arePlain = specs.allSatisfy { spec in
      !spec.isExcluding && !spec.ignoresCase && !spec.bytes.isEmpty
        && spec.literalCount == spec.bytes.count
    }
    return arePlain ? specs.map(\.bytes) : nil
  }

  /// What the filter says of an entry at a path.
  ///
  /// - Parameter isRecursive: whether directories are entered in which a wildcard may match
  ///   something, as comparisons do; listings only enter those that match or lead to the wildcard.
  public func verdict(
    _ path: [UInt8], isDirectory: Bool, isRecursive: Bool = true
  ) -> Verdict {
    let included = specs.contains { !$0.isExcluding }
    var verdict = included ? Verdict.none : .all
    for spec in specs where !spec.isExcluding {
      switch Self.verdict(spec, path, isDirectory, isRecursive) {
      case .all:
        verdict = .all
      case .below where verdict == .none:
        verdict = .below
      default: break
      }
      if verdict == .all { break }
    }
    guard verdict != .none, hasExclusions else { return verdict }
    for spec in specs where spec.isExcluding {
      switch Self.verdict(spec, path, isDirectory, isRecursive) {
      case .all: return .none
      case .below: verdict = .below
      case .none: break
      }
    }
    return verdict
  }

  private static func verdict(
    _ spec: Spec, _ path: [UInt8], _ isDirectory: Bool, _ isRecursive: Bool
  ) -> Verdict {
    if spec.bytes.isEmpty { return .all }
    let pattern = spec.bytes
    if spec.literalCount == pattern.count, !spec.ignoresCase {
      if path.count >= pattern.count {
        guard path.starts(with: pattern) else { return .none }
        if path.count == pattern.count {
          return spec.needsDirectory && !isDirectory ? .none : .all
        }
        return path[pattern.count] == UInt8(ascii: "/") ? .all : .none
      }
      guard isDirectory, pattern.starts(with: path), pattern[path.count] == UInt8(ascii: "/")
      else { return .none }
      return .below
    }
    if Wildcard.matches(
      pattern, path, keepsSlashes: spec.keepsSlashes, ignoresCase: spec.ignoresCase),
      !spec.needsDirectory || isDirectory
    {
      // What is below a directory is matched anew by its own path.
      return isDirectory ? .below : .all
    }
    guard isDirectory else { return .none }
    return couldMatchBelow(spec, path, isRecursive) ? .below : .none
  }

  /// Whether the letters before the first wildcard lead into the directory.
  private static func couldMatchBelow(
    _ spec: Spec, _ path: [UInt8], _ isRecursive: Bool
  ) -> Bool {
    if spec.ignoresCase { return true }
    let literal = spec.bytes.prefix(spec.literalCount)
    let directory = path + [UInt8(ascii: "/")]
    if !isRecursive, directory.count > literal.count { return false }
    let shared = min(literal.count, directory.count)
    return literal.prefix(shared).elementsEqual(directory.prefix(shared))
  }
}

/// Shell patterns over bytes, matched without recursion.
public enum Wildcard {
  /// Whether `pattern` matches all of `text`. Unless `keepsSlashes`, wildcards match slashes too;
  /// with it, `**` between slashes matches any number of directories. The cost is at most the
  /// product of both lengths.
  public static func matches(
    _ pattern: [UInt8], _ text: [UInt8], keepsSlashes: Bool = false, ignoresCase: Bool = false
  ) -> Bool {
    Glob(pattern, ignoresCase: ignoresCase, crossesSlashes: !keepsSlashes).matches(text)
  }
}
