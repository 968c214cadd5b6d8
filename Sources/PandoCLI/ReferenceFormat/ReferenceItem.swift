internal import PandoBytes
internal import PandoObjects

/// A reference on its way to being filtered, sorted and printed.
struct ReferenceItem: Hashable, Sendable {
  /// What kind of reference, by where it lives.
  enum Kind: Int, Hashable, Sendable {
    case branch, remote, tag, other
    /// `HEAD` when it is on no branch.
    case detachedHead
  }

  /// The full name.
  let name: ByteString
  /// The object there.
  let id: ObjectID
  /// Where a symbolic reference finally leads.
  let symbolicTarget: ByteString?
  /// What kind.
  let kind: Kind

  init(name: ByteString, id: ObjectID, symbolicTarget: ByteString? = nil, kind: Kind? = nil) {
    self.name = name
    self.id = id
    self.symbolicTarget = symbolicTarget
    self.kind = kind ?? Self.kind(of: name)
  }

  private static func kind(of name: ByteString) -> Kind {
    if name.hasPrefix("refs/heads/") { return .branch }
    if name.hasPrefix("refs/remotes/") { return .remote }
    return name.hasPrefix("refs/tags/") ? .tag : .other
  }

  /// All references below a prefix that lead to something, in name order.
  static func all(
    withPrefix prefix: String, in store: any ReferenceStore
  ) throws(PandoError) -> [ReferenceItem] {
    var items: [ReferenceItem] = []
    for reference in try store.references(withPrefix: prefix) {
      switch reference.target {
      case .direct(let id): items.append(ReferenceItem(name: reference.name.bytes, id: id))
      case .symbolic:
        guard let end = try? store.resolve(reference.name), let id = end.id else { continue }
        items.append(
          ReferenceItem(name: reference.name.bytes, id: id, symbolicTarget: end.name.bytes))
      }
    }
    return items
  }
}

/// The value of a field: what is printed, and the number that it orders by where it is one.
struct FormatValue: Hashable, Sendable {
  var bytes: [UInt8]
  var number: Int64

  static let none = FormatValue(bytes: [], number: 0)

  init(bytes: [UInt8], number: Int64 = 0) {
    self.bytes = bytes
    self.number = number
  }

  init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  init(count: Int) { self.init(bytes: Array(String(count).utf8), number: Int64(count)) }
}
