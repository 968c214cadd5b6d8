internal import PandoObjects
internal import PandoStore

/// The references that `--all`, `--branches=…`, `--glob=…` and their like stand for, without those
/// that `--exclude` took out before.
struct ReferenceSelection {
  /// Patterns of `--exclude`, which hold until references are taken.
  private var exclusions: [String] = []

  /// A reference, under the name that the option shows it by.
  struct Found {
    let shown: String
    let name: ReferenceName
    let id: ObjectID
  }

  mutating func exclude(_ pattern: String) { exclusions.append(pattern) }

  /// The references below `prefix`, shown without it when `isTrimmed`, that match `pattern`.
  mutating func take(
    prefix: String, pattern: String? = nil, isTrimmed: Bool, _ source: any RevisionSource
  ) throws -> [Found] {
    defer { exclusions = [] }
    return try list(prefix: prefix, pattern: pattern, isTrimmed: isTrimmed, source)
  }

  /// The same, and the exclusions stay.
  func list(
    prefix: String, pattern: String? = nil, isTrimmed: Bool, _ source: any RevisionSource
  ) throws -> [Found] {
    let full = pattern.map { Self.completed($0, prefix: prefix) }
    var found: [Found] = []
    for reference in try source.references.references(withPrefix: prefix) {
      let text = reference.name.text
      if let full, !Wildcard.matches(full, Array(text.utf8)) { continue }
      let shown = isTrimmed ? String(text.dropFirst(prefix.count)) : text
      if isExcluded(shown) { continue }
      let resolved =
        if case .direct(let id) = reference.target { id } else {
          try source.references.id(of: reference.name)
        }
      guard let id = resolved else { continue }
      found.append(Found(shown: shown, name: reference.name, id: id))
    }
    return found
  }

  func isExcluded(_ name: String) -> Bool {
    exclusions.contains { Wildcard.matches(Array($0.utf8), Array(name.utf8)) }
  }

  /// A pattern without wildcards stands for all below it.
  private static func completed(_ pattern: String, prefix: String) -> [UInt8] {
    var full = pattern
    if prefix != "refs/" {
      full = prefix + pattern
    } else if !pattern.hasPrefix("refs/") {
      full = "refs/" + pattern
    }
    if !full.utf8.contains(where: { "*?[".utf8.contains($0) }) {
      full += full.hasSuffix("/") ? "*" : "/*"
    }
    return Array(full.utf8)
  }
}
