internal import PandoBytes
internal import PandoObjects

/// Makes full names short. Source: gitrevisions, "<refname>": where a short name is looked for.
struct ReferenceShortener {
  private static let places: [(prefix: String, suffix: String)] = [
    ("", ""), ("refs/", ""), ("refs/tags/", ""), ("refs/heads/", ""), ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
  ]

  let references: any ReferenceStore
  /// Whether a short name may stand for nothing else, instead of for nothing that counts before.
  let isStrict: Bool

  /// The shortest name that leads to the reference; all of it when there is none. Costs a few
  /// look-ups of references.
  func short(_ name: ByteString) throws(PandoError) -> ByteString {
    // The last place only makes names ambiguous: git never leaves out a `/HEAD`.
    for index in Self.places.indices.dropFirst().dropLast().reversed() {
      let prefix = Self.places[index].prefix
      guard name.hasPrefix(prefix), name.count > prefix.utf8.count else { continue }
      let middle = Array(name.bytes[prefix.utf8.count...])
      if try !isTaken(middle, besides: index) { return ByteString(middle) }
    }
    return name
  }

  private func isTaken(_ middle: [UInt8], besides index: Int) throws(PandoError) -> Bool {
    for (other, place) in Self.places.enumerated() where other != index {
      if !isStrict, other > index { break }
      let full = Array(place.prefix.utf8) + middle + Array(place.suffix.utf8)
      guard let name = ReferenceName(ByteString(full)) else { continue }
      if try references.id(of: name) != nil { return true }
    }
    return false
  }

  /// The name as a style shows it.
  func text(
    _ name: ByteString, _ style: FormatField.NameStyle
  ) throws(PandoError) -> [UInt8] {
    switch style {
    case .full: return name.bytes
    case .short: return try short(name).bytes
    case .leftStripped(let count): return Self.kept(name, count) { $0.dropFirst($1) }
    case .rightStripped(let count): return Self.kept(name, count) { $0.dropLast($1) }
    }
  }

  private static func kept(
    _ name: ByteString, _ count: Int,
    _ drop: ([ArraySlice<UInt8>], Int) -> ArraySlice<ArraySlice<UInt8>>
  ) -> [UInt8] {
    let parts = name.bytes.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    // A negative count says how many stay.
    let dropped = count < 0 ? max(0, parts.count + count) : count
    return Array(drop(parts, dropped).joined(separator: [UInt8(ascii: "/")]))
  }
}
