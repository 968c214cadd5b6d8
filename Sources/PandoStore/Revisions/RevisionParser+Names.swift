internal import PandoBytes
package import PandoObjects

/// The name at the start of a revision: an ID, a reference, a reflog entry, an abbreviation.
extension RevisionParser {
  /// A reference that a short name stands for.
  package struct NamedReference: Hashable, Sendable {
    /// The name with the prefix that was tried.
    package let full: ReferenceName
    /// The name that symbolic references finally lead to.
    package let resolved: ReferenceName
    /// The object there.
    package let id: ObjectID
  }

  /// Git's six places to look for a short name, in their order.
  static let places: [(prefix: String, suffix: String)] = [
    ("", ""), ("refs/", ""), ("refs/tags/", ""), ("refs/heads/", ""), ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
  ]

  func id(named base: [UInt8], hint: Hint, isQuiet: Bool) throws(PandoError) -> ObjectID? {
    if let id = try basicID(base, isQuiet: isQuiet) { return id }
    if let id = try describedID(base) { return id }
    return try abbreviatedID(base, hint: hint, isQuiet: isQuiet)
  }

  private func basicID(_ text: [UInt8], isQuiet: Bool) throws(PandoError) -> ObjectID? {
    if let id = fullID(text) {
      try warnOfReferences(named: text)
      return id
    }
    guard let selected = ReflogSelector.split(text) else { return nil }
    if selected.isPriorCheckout, let prior = try priorCheckout(selected.name),
      prior.end == selected.name.count, let id = fullID(prior.name)
    {
      return id
    }
    guard let selector = selected.selector else {
      let found = try references(named: selected.name)
      try warnIfAmbiguous(selected.name, count: found.count, isQuiet: isQuiet)
      return found.first?.id
    }
    let found =
      selected.name.isEmpty
      ? try references(named: Array("HEAD".utf8))
        .map { ($0.resolved, $0.id) }
      : try logs(named: selected.name)
    guard let (log, id) = found.first else { return nil }
    try warnIfAmbiguous(selected.name, count: found.count, isQuiet: isQuiet)
    return try idInLog(
      log, selector, current: id, shown: selected.name, isQuiet: isQuiet)
  }

  /// The ID when `text` is one in full.
  func fullID(_ text: [UInt8]) -> ObjectID? {
    guard text.count == objects.hashAlgorithm.hexCount else { return nil }
    return ObjectID(hexBytes: text.span)
  }

  private func warnOfReferences(named text: [UInt8]) throws(PandoError) {
    guard try warnsOfAmbiguity() else { return }
    guard try !matches(for: text, isQuiet: true).isEmpty else { return }
    note(.warning("refname '\(shown(text))' is ambiguous."))
    if try source.configurationValue("advice.objectnamewarning") == "false" { return }
    note(.plain(Self.fullNameAdvice))
  }

  private static let fullNameAdvice = """
    Git normally never creates a ref that ends with 40 hex characters
    because it will be ignored when you just specify 40-hex. These refs
    may be created by mistake. For example,

      git switch -c $br $(git rev-parse ...)

    where "$br" is somehow empty and a 40-hex ref is created. Please
    examine these refs and maybe delete them. Turn this message off by
    running "git config advice.objectNameWarning false"
    """

  private func warnIfAmbiguous(
    _ name: [UInt8], count: Int, isQuiet: Bool
  ) throws(PandoError) {
    guard count > 0, !isQuiet, try warnsOfAmbiguity() else { return }
    var isAmbiguous = count > 1
    if !isAmbiguous { isAmbiguous = try abbreviatedID(name, hint: .any, isQuiet: true) != nil }
    if isAmbiguous { note(.warning("refname '\(shown(name))' is ambiguous.")) }
  }

  func warnsOfAmbiguity() throws(PandoError) -> Bool {
    let value = try source.configurationValue("core.warnambiguousrefs")?.lowercased()
    return !["false", "no", "off", "0"].contains(value ?? "true")
  }

  func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Every reference that a short name, or a mark such as `@{u}`, can stand for; the first counts.
  package func references(
    named name: [UInt8], isQuiet: Bool = false
  ) throws(PandoError) -> [NamedReference] {
    let name = try interpretedBranch(name, danglingIsNil: isQuiet) ?? name
    return try matches(for: name, isQuiet: isQuiet)
  }

  private func matches(for name: [UInt8], isQuiet: Bool) throws(PandoError) -> [NamedReference] {
    var found: [NamedReference] = []
    let takesAll = try warnsOfAmbiguity()
    for (prefix, suffix) in Self.places {
      let bytes = Array(prefix.utf8) + name + Array(suffix.utf8)
      guard let full = ReferenceName(ByteString(bytes)) else { continue }
      do throws(PandoError) {
        let end = try source.references.resolve(full)
        if let id = end.id {
          found.append(NamedReference(full: full, resolved: end.name, id: id))
          if !takesAll { break }
        } else if end.name != full, full != .head {
          note(.warning("ignoring dangling symref \(full)"))
        }
      } catch  where error.code == .corrupt || error.code == .limitExceeded {
        if bytes.contains(UInt8(ascii: "/")) { note(.warning("ignoring broken ref \(full)")) }
      }
    }
    return found
  }

  /// The reflogs that a short name can stand for.
  private func logs(named name: [UInt8]) throws(PandoError) -> [(ReferenceName, ObjectID)] {
    let name = try interpretedBranch(name, danglingIsNil: false) ?? name
    var found: [(ReferenceName, ObjectID)] = []
    for match in try matches(for: name, isQuiet: true) {
      if try source.references.reflog(of: match.full) != nil {
        found.append((match.full, match.id))
      } else if match.resolved != match.full,
        try source.references.reflog(of: match.resolved) != nil
      {
        found.append((match.resolved, match.id))
      }
    }
    return found
  }

  /// What follows the last `-g` of a name that git describe printed.
  private func describedID(_ text: [UInt8]) throws(PandoError) -> ObjectID? {
    guard text.count > 3 else { return nil }
    for index in stride(from: text.count - 1, through: 2, by: -1)
    where text[index] == UInt8(ascii: "g") && text[index - 1] == UInt8(ascii: "-") {
      return try abbreviatedID(Array(text[(index + 1)...]), hint: .commit, isQuiet: true)
    }
    return nil
  }
}
