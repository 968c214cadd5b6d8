internal import PandoBytes

/// The names and addresses that people want to be known by. Source: gitmailmap.
struct Mailmap {
  private struct Names {
    var name: [UInt8]?
    var email: [UInt8]?
    /// Other names for those who share the address, by the name in commits.
    var byName: [[UInt8]: (name: [UInt8]?, email: [UInt8]?)] = [:]
  }

  private var byEmail: [[UInt8]: Names] = [:]

  /// Reads a file's lines; what is malformed is passed over.
  init(_ text: [UInt8]) {
    for line in text.split(separator: 10) where line.first != UInt8(ascii: "#") { add(line) }
  }

  private static func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
  }

  private mutating func add(_ line: ArraySlice<UInt8>) {
    guard let (name, email, rest) = Self.person(line) else { return }
    guard let (oldName, oldEmail, _) = Self.person(rest) else {
      // One address: the name for all commits that have it.
      guard !name.isEmpty else { return }
      byEmail[Self.lowercased(email), default: Names()].name = name
      return
    }
    var entry = byEmail[Self.lowercased(oldEmail)] ?? Names()
    if oldName.isEmpty {
      if !name.isEmpty { entry.name = name }
      entry.email = email
    } else {
      entry.byName[Self.lowercased(oldName)] = (name.isEmpty ? nil : name, email)
    }
    byEmail[Self.lowercased(oldEmail)] = entry
  }

  private static func person(
    _ line: ArraySlice<UInt8>
  ) -> (name: [UInt8], email: [UInt8], rest: ArraySlice<UInt8>)? {
    guard let open = line.firstIndex(of: UInt8(ascii: "<")),
      let close = line[(open + 1)...].firstIndex(of: UInt8(ascii: ">"))
    else { return nil }
    let name = line[..<open].drop(while: CommitMessageText.isSpace)
    return (
      Array(CommitMessageText.trimmedEnd(name)), Array(line[(open + 1)..<close]),
      line[(close + 1)...]
    )
  }

  /// The name and the address to show.
  func mapped(name: [UInt8], email: [UInt8]) -> (name: [UInt8], email: [UInt8]) {
    guard let entry = byEmail[Self.lowercased(email)] else { return (name, email) }
    if let special = entry.byName[Self.lowercased(name)] {
      return (special.name ?? name, special.email ?? email)
    }
    return (entry.name ?? name, entry.email ?? email)
  }
}
