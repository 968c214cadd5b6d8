internal import PandoBytes

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

  /// What the filter says of an entry at a path.
  public func verdict(_ path: [UInt8], isDirectory: Bool) -> Verdict {
    let included = specs.contains { !$0.isExcluding }
    var verdict = included ? Verdict.none : .all
    for spec in specs where !spec.isExcluding {
      switch Self.verdict(spec, path, isDirectory) {
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
      switch Self.verdict(spec, path, isDirectory) {
      case .all: return .none
      case .below: verdict = .below
      case .none: break
      }
    }
    return verdict
  }

  private static func verdict(
    _ spec: Spec, _ path: [UInt8], _ isDirectory: Bool
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
    return couldMatchBelow(spec, path) ? .below : .none
  }

  /// Whether the letters before the first wildcard lead into the directory.
  private static func couldMatchBelow(_ spec: Spec, _ path: [UInt8]) -> Bool {
    if spec.ignoresCase { return true }
    let literal = spec.bytes.prefix(spec.literalCount)
    let directory = path + [UInt8(ascii: "/")]
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
    var matcher = WildcardMatcher(
      pattern: pattern, text: text, keepsSlashes: keepsSlashes, ignoresCase: ignoresCase)
    return matcher.run()
  }
}

/// One match: two positions, and where to go back to.
private struct WildcardMatcher {
  let pattern: [UInt8]
  let text: [UInt8]
  let keepsSlashes: Bool
  let ignoresCase: Bool

  /// Where a star stands and how far it has eaten. A star that may not eat a slash is given up when
  /// it meets one, and the last one that may goes on.
  private struct Star {
    var after: Int
    var eaten: Int
  }

  init(pattern: [UInt8], text: [UInt8], keepsSlashes: Bool, ignoresCase: Bool) {
    self.pattern = pattern
    self.text = text
    self.keepsSlashes = keepsSlashes
    self.ignoresCase = ignoresCase
  }

  private static let slash = UInt8(ascii: "/")

  mutating func run() -> Bool {
    var (p, t) = (0, 0)
    var star: Star?
    var deepStar: Star?
    while true {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        var end = p
        while end < pattern.count, pattern[end] == UInt8(ascii: "*") { end += 1 }
        let isDeep = !keepsSlashes || end - p > 1
        if keepsSlashes, end - p == 2, end < pattern.count, pattern[end] == Self.slash,
          p == 0 || pattern[p - 1] == Self.slash
        {
          // `**/` may also stand for no directory at all.
          deepStar = Star(after: end + 1, eaten: t)
          star = nil
          p = end + 1
          continue
        }
        if isDeep {
          deepStar = Star(after: end, eaten: t)
          star = nil
        } else {
          star = Star(after: end, eaten: t)
        }
        p = end
        continue
      }
      if t < text.count, let next = step(p, text[t]) {
        p = next
        t += 1
        continue
      }
      if p == pattern.count, t == text.count { return true }
      if let last = star, last.eaten < text.count, text[last.eaten] != Self.slash {
        star?.eaten += 1
        (p, t) = (last.after, last.eaten + 1)
      } else if let last = deepStar, last.eaten < text.count {
        star = nil
        deepStar?.eaten += 1
        (p, t) = (last.after, last.eaten + 1)
      } else {
        return false
      }
    }
  }

  private func lowered(_ byte: UInt8) -> UInt8 {
    ignoresCase && byte >= 65 && byte <= 90 ? byte + 32 : byte
  }

  /// Matches one byte against what stands at `p`; where the pattern goes on, or nil.
  private func step(_ p: Int, _ byte: UInt8) -> Int? {
    guard p < pattern.count else { return nil }
    switch pattern[p] {
    case UInt8(ascii: "?"): return keepsSlashes && byte == Self.slash ? nil : p + 1
    case UInt8(ascii: "["): return bracket(p, byte)
    case UInt8(ascii: "\\") where p + 1 < pattern.count:
      return lowered(pattern[p + 1]) == lowered(byte) ? p + 2 : nil
    default: return lowered(pattern[p]) == lowered(byte) ? p + 1 : nil
    }
  }

  private func bracket(_ start: Int, _ byte: UInt8) -> Int? {
    var p = start + 1
    let isInverted = p < pattern.count && (pattern[p] == 33 || pattern[p] == 94)
    if isInverted { p += 1 }
    var isFirst = true
    var isMatch = false
    while p < pattern.count, isFirst || pattern[p] != UInt8(ascii: "]") {
      isFirst = false
      if pattern[p] == UInt8(ascii: "["), p + 1 < pattern.count, pattern[p + 1] == 58,
        let end = pattern.position(of: [58, 93], from: p + 2)
      {
        guard let set = ByteSet.named(pattern[(p + 2)..<end]) else { return nil }
        if (ignoresCase ? set.bothCases : set).contains(byte) { isMatch = true }
        p = end + 2
        continue
      }
      if pattern[p] == UInt8(ascii: "\\"), p + 1 < pattern.count { p += 1 }
      let low = lowered(pattern[p])
      var high = low
      if p + 2 < pattern.count, pattern[p + 1] == UInt8(ascii: "-"), pattern[p + 2] != 93 {
        p += 2
        if pattern[p] == UInt8(ascii: "\\"), p + 1 < pattern.count { p += 1 }
        high = lowered(pattern[p])
      }
      if low <= lowered(byte), lowered(byte) <= high { isMatch = true }
      p += 1
    }
    guard p < pattern.count, isMatch != isInverted else { return nil }
    return keepsSlashes && byte == Self.slash ? nil : p + 1
  }
}
