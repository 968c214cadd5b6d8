internal import PandoBytes

/// What the content of a `.gitmodules` may not say: names that leave their directory, URLs, paths
/// and commands that programs take for something else.
///
/// Source: gitmodules, and the messages `gitmodules…` of git-fsck.
enum ModulesCheck {
  /// Tells each problem, entry by entry. Throws when the file is no configuration file; what stands
  /// before the place where it stops being one has been told by then.
  static func check(
    _ body: [UInt8], _ report: (FsckMessage.ID, [UInt8]) -> Void
  ) throws(ParseError) {
    var parser = ConfigParser(body)
    var failure: ConfigFile.Failure?
    do throws(ConfigFile.Failure) { try parser.parse() } catch { failure = error }
    for entry in parser.entries {
      guard entry.name.section == "submodule", let name = entry.name.subsection else { continue }
      if !isAllowed(name: name.bytes) {
        report(.gitmodulesName, Array("disallowed submodule name: ".utf8) + name.bytes)
      }
      guard let value = entry.value?.bytes else { continue }
      switch entry.name.key {
      case "url" where !isAllowed(url: value):
        report(.gitmodulesURL, Array("disallowed submodule url: ".utf8) + value)
      case "path" where isOption(value):
        report(.gitmodulesPath, Array("disallowed submodule path: ".utf8) + value)
      case "update" where value.first == UInt8(ascii: "!"):
        report(
          .gitmodulesUpdate, Array("disallowed submodule update setting: ".utf8) + value)
      default: break
      }
    }
    if let failure { throw ParseError("config", failure.reason, at: failure.offset) }
  }

  private static func isOption(_ value: [UInt8]) -> Bool { value.first == UInt8(ascii: "-") }

  /// No name is empty or has `..` between slashes of either kind.
  static func isAllowed(name: [UInt8]) -> Bool {
    let steps = name.split(omittingEmptySubsequences: false) {
      $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
    }
    return !name.isEmpty && !steps.contains { $0.elementsEqual("..".utf8) }
  }

  /// Whether a URL is neither an option nor smuggles a line end or an empty host into a request.
  static func isAllowed(url: [UInt8]) -> Bool {
    if isOption(url) { return false }
    let isRelative = ["./", "../"].contains { url.starts(with: $0.utf8) }
    if isRelative || url.starts(with: "git://".utf8) {
      return !decoded(url[...]).contains(10) && !(isRelative && leavesRoot(url))
    }
    for scheme in ["http", "https", "ftp", "ftps"] {
      if url.starts(with: "\(scheme)::".utf8) {
        return isPlain(url.dropFirst(scheme.utf8.count + 2))
      }
      if url.starts(with: "\(scheme)://".utf8) { return isPlain(url[...]) }
    }
    return true
  }

  /// Whether what follows the `..` in front would take the place of a host.
  private static func leavesRoot(_ url: [UInt8]) -> Bool {
    var rest = url[...]
    var climbs = 0
    while true {
      if rest.starts(with: "../".utf8) {
        climbs += 1
        rest = rest.dropFirst(3)
      } else if rest.starts(with: "./".utf8) {
        rest = rest.dropFirst(2)
      } else {
        break
      }
    }
    return climbs > 0 && (rest.first == UInt8(ascii: ":") || rest.first == UInt8(ascii: "/"))
  }

  /// Whether a URL has a scheme, a host, and no line end in any of its parts.
  private static func isPlain(_ url: ArraySlice<UInt8>) -> Bool {
    guard let colon = url.indices.first(where: { url[$0...].starts(with: "://".utf8) }),
      colon > url.startIndex
    else { return false }
    let rest = url[(colon + 3)...]
    let slash = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
    var host = rest[..<slash]
    var parts: [ArraySlice<UInt8>] = []
    if let at = rest.firstIndex(of: UInt8(ascii: "@")), at < slash {
      let user = rest[..<at]
      parts = user.split(
        separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
      host = rest[(at + 1)..<slash]
    }
    parts.append(host)
    parts.append(rest[slash...].drop { $0 == UInt8(ascii: "/") })
    return !decoded(host).isEmpty && !url[..<colon].contains(10)
      && !parts.contains { decoded($0).contains(10) }
  }

  /// Replaces `%0a` and the like by their bytes, behind a colon when there is one: Git takes what
  /// stands before it for a scheme.
  private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.startIndex
    var result = Array(text[..<colon])
    var index = colon
    while index < text.endIndex {
      if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex,
        let high = Hex.value(of: text[index + 1]), let low = Hex.value(of: text[index + 2]),
        high | low != 0
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }
}
