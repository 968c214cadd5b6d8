internal import PandoBytes
internal import PandoObjects

/// The order in which references are listed: keys that are fields, the last given counting most.
struct ReferenceOrder {
  /// One key.
  struct Key {
    let atom: FormatAtom
    let isReversed: Bool
    let isVersion: Bool

    /// Reads a key: `-` turns it around, `version:` and `v:` order numbers in names. Throws
    /// `.invalidInput` in Git's words.
    init(parsing text: [UInt8]) throws(PandoError) {
      var rest = text[...]
      isReversed = rest.first == UInt8(ascii: "-")
      if isReversed { rest = rest.dropFirst() }
      var isVersion = false
      for prefix in ["version:", "v:"] where !isVersion && rest.starts(with: prefix.utf8) {
        rest = rest.dropFirst(prefix.utf8.count)
        isVersion = true
      }
      self.isVersion = isVersion
      atom = try FormatAtom(parsing: Array(rest))
    }
  }

  /// The keys, the one that counts most first.
  let keys: [Key]
  let ignoresCase: Bool
  /// Whether a detached `HEAD` comes first whatever the keys say.
  let headComesFirst: Bool
  let versions: VersionOrder

  /// Makes an order of keys as they were given; without any it is that of names.
  init(
    _ keys: [Key], ignoresCase: Bool = false, headComesFirst: Bool = false,
    versions: VersionOrder = VersionOrder(suffixes: [])
  ) {
    self.keys = keys.reversed()
    self.ignoresCase = ignoresCase
    self.headComesFirst = headComesFirst
    self.versions = versions
  }

  private struct Entry {
    let item: ReferenceItem
    let values: [FormatValue]
  }

  /// Puts items in order. Reads what the keys are fields of, once for each item.
  func sort(
    _ items: [ReferenceItem], by reader: FieldReader
  ) throws(PandoError) -> [ReferenceItem] {
    let atoms = keys.map(\.atom)
    var entries: [Entry] = []
    entries.reserveCapacity(items.count)
    for item in items {
      entries.append(Entry(item: item, values: try reader.values(atoms, of: item)))
    }
    entries.sort { compare($0, $1) < 0 }
    return entries.map(\.item)
  }

  private func compare(_ a: Entry, _ b: Entry) -> Int {
    for (index, key) in keys.enumerated() {
      let order = compare(a, b, index)
      if order != 0 { return key.isReversed && !isSettled(a, b) ? -order : order }
    }
    if keys.isEmpty, isSettled(a, b) { return a.item.kind == .detachedHead ? -1 : 1 }
    return compareText(a.item.name.bytes, b.item.name.bytes)
  }

  /// Whether only one of two is a detached `HEAD` that comes first.
  private func isSettled(_ a: Entry, _ b: Entry) -> Bool {
    headComesFirst && (a.item.kind == .detachedHead) != (b.item.kind == .detachedHead)
  }

  private func compare(_ a: Entry, _ b: Entry, _ index: Int) -> Int {
    if isSettled(a, b) { return a.item.kind == .detachedHead ? -1 : 1 }
    let (left, right) = (a.values[index], b.values[index])
    if keys[index].isVersion { return versions.compare(left.bytes, right.bytes) }
    if keys[index].atom.field.isNumber {
      return left.number == right.number ? 0 : left.number < right.number ? -1 : 1
    }
    return compareText(left.bytes, right.bytes)
  }

  private func compareText(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard ignoresCase else { return a.span.compareBytes(with: b.span) }
    let (left, right) = (a.map(Self.lowered), b.map(Self.lowered))
    return left.span.compareBytes(with: right.span)
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
