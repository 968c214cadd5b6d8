public import PandoBytes

/// What is made of findings: how bad each is, and which objects are believed as they are.
///
/// Source: git-config, `fsck.<msg-id>` and `fsck.skipList`, and their kin below `receive` and
/// `fetch`.
public struct CheckPolicy: Sendable {
  /// Whether warnings are errors, and modes that only old versions of Git wrote are told.
  public let isStrict: Bool
  /// Objects in which nothing is found.
  public private(set) var skipped: Set<ObjectID> = []
  private var severities: [FsckMessage.ID: FsckSeverity] = [:]

  /// The defaults, strict or not.
  public init(isStrict: Bool = false) { self.isStrict = isStrict }

  /// How bad a finding is.
  public func severity(of id: FsckMessage.ID) -> FsckSeverity {
    if let severity = severities[id] { return severity }
    return isStrict && id.defaultSeverity == .warning ? .error : id.defaultSeverity
  }

  /// Sets what a finding is to `error`, `warn` or `ignore`. Throws `.invalidInput` in Git's words
  /// for a name or a word that does not exist, and for a fatal finding that would become less.
  public mutating func set(_ name: String, to word: String) throws(PandoError) {
    guard let id = FsckMessage.ID(name: name) else {
      throw PandoError(.invalidInput, "Unhandled message id: \(name)")
    }
    let severity: FsckSeverity
    switch word {
    case "error": severity = .error
    case "warn": severity = .warning
    case "ignore": severity = .ignore
    default: throw PandoError(.invalidInput, "Unknown fsck message type: '\(word)'")
    }
    guard severity == .error || id.defaultSeverity != .fatal else {
      throw PandoError(.invalidInput, "Cannot demote \(name) to \(word)")
    }
    severities[id] = severity
  }

  /// Adds objects in which nothing is to be found.
  public mutating func skip(_ ids: some Sequence<ObjectID>) { skipped.formUnion(ids) }

  /// Adds the objects that a skip list names: one a line, `#` begins a comment. Throws
  /// `.invalidInput` in Git's words for a line that is no full name.
  public mutating func skip(
    parsing list: [UInt8], algorithm: HashAlgorithm
  ) throws(PandoError) {
    for line in list.split(separator: UInt8(ascii: "\n")) {
      var text = line.prefix { $0 != UInt8(ascii: "#") }
      while let last = text.last, last == 32 || (9...13).contains(last) { text.removeLast() }
      while let first = text.first, first == 32 || (9...13).contains(first) { text.removeFirst() }
      guard !text.isEmpty else { continue }
      guard let id = ObjectID(hexBytes: Array(text).span), id.algorithm == algorithm else {
        throw PandoError(
          .invalidInput, "invalid object name: \(String(decoding: text, as: UTF8.self))")
      }
      skipped.insert(id)
    }
  }
}
