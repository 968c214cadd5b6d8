internal import PandoBytes
public import PandoObjects

/// Which of the objects that commits lead to are left out: `--filter=<spec>`. Objects that were
/// named themselves are never left out. Source: git-rev-list, `--filter`.
public struct ObjectFilter: Hashable, Sendable {
  /// Blobs of this many bytes and more are left out; 0 leaves out all.
  public private(set) var blobLimit: Int?
  /// Trees and blobs this far below their root trees are left out: 0 leaves out all of them.
  public private(set) var treeDepth: Int?
  /// The only kinds that stay; nil for all.
  public private(set) var kinds: Set<ObjectKind>?

  /// Leaves out nothing.
  public init() {}

  /// Reads `blob:none`, `blob:limit=<n>[kmg]`, `tree:<depth>`, `object:type=<kind>`, or
  /// `combine:<spec>+<spec>…` with percent signs for what stands for something else. Throws
  /// `.invalidInput` for other text, and `.unsupported` for `sparse:oid=`.
  public init(parsing text: String) throws(PandoError) {
    try add(text, depth: 0)
  }

  /// Leaves out what another filter leaves out too.
  public mutating func formIntersection(_ other: ObjectFilter) {
    if let limit = other.blobLimit { blobLimit = min(blobLimit ?? limit, limit) }
    if let depth = other.treeDepth { treeDepth = min(treeDepth ?? depth, depth) }
    if let kinds = other.kinds { self.kinds = self.kinds?.intersection(kinds) ?? kinds }
  }

  private static let combinedDepthMax = 16

  private mutating func add(_ text: String, depth: Int) throws(PandoError) {
    var part = ObjectFilter()
    if text == "blob:none" {
      part.blobLimit = 0
    } else if let rest = text.suffix(behind: "blob:limit=") {
      guard let limit = Self.size(rest) else { throw Self.invalid(text) }
      part.blobLimit = limit
    } else if let rest = text.suffix(behind: "tree:") {
      guard let limit = Self.size(rest) else {
        throw PandoError(.invalidInput, "expected 'tree:<depth>'")
      }
      part.treeDepth = limit
    } else if let rest = text.suffix(behind: "object:type=") {
      guard let kind = ObjectKind(name: rest) else {
        throw PandoError(
          .invalidInput, "'\(rest)' for 'object:type=<type>' is not a valid object type")
      }
      part.kinds = [kind]
    } else if let rest = text.suffix(behind: "combine:"), depth < Self.combinedDepthMax {
      return try combine(rest, depth)
    } else if text.hasPrefix("sparse:oid=") {
      throw PandoError(.unsupported, "sparse:oid filters are not supported")
    } else if text.hasPrefix("sparse:path=") {
      throw PandoError(.invalidInput, "sparse:path filters support has been dropped")
    } else {
      throw Self.invalid(text)
    }
    formIntersection(part)
  }

  private mutating func combine(_ text: String, _ depth: Int) throws(PandoError) {
    guard !text.isEmpty else {
      throw PandoError(.invalidInput, "expected something after combine:")
    }
    for part in text.split(separator: "+", omittingEmptySubsequences: true) {
      let reserved = "~`!@#$^&*()[]{}\\;'\",<>?"
      if let bad = part.first(where: { reserved.contains($0) || $0 <= " " }) {
        throw PandoError(
          .invalidInput, "must escape char in sub-filter-spec: '\(bad)'")
      }
      guard let decoded = Self.decoded(part) else { throw Self.invalid(text) }
      try add(decoded, depth: depth + 1)
    }
  }

  private static func invalid(_ text: String) -> PandoError {
    PandoError(.invalidInput, "invalid filter-spec '\(text)'")
  }

  /// Puts bytes in the place of `%41` and the like.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads a number with `k`, `m` or `g` behind it.
  private static func size(_ text: String) -> Int? {
    let units: [Character: Int] = ["k": 10, "K": 10, "m": 20, "M": 20, "g": 30, "G": 30]
    let shift = text.last.flatMap { units[$0] }
    let digits = shift == nil ? Substring(text) : text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Int(digits)
    else { return nil }
    let (size, overflow) = value.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    return overflow ? nil : size
  }
}

// MARK: Asking

extension ObjectFilter {
  /// Whether it leaves out nothing.
  public var isEmpty: Bool { self == ObjectFilter() }

  /// The same filter without what it says of kinds.
  var ofAllKinds: ObjectFilter {
    var filter = self
    filter.kinds = nil
    return filter
  }

  /// Whether blobs have to be looked at to be judged.
  public var needsSizes: Bool { (blobLimit ?? 0) > 0 }

  /// Whether objects of a kind stay as far as their kind tells.
  public func keeps(_ kind: ObjectKind) -> Bool {
    if let kinds, !kinds.contains(kind) { return false }
    return kind != .blob || blobLimit != 0
  }

  /// Whether an object stays, its depth aside.
  public func keeps(
    _ id: ObjectID, _ kind: ObjectKind, in objects: any ObjectReader
  ) throws(PandoError) -> Bool {
    guard keeps(kind) else { return false }
    guard kind == .blob, let blobLimit else { return true }
    // What is not there cannot be judged, nor sent: as a partial clone has it.
    guard let header = try objects.header(of: id) else { return false }
    return header.size < blobLimit
  }
}

extension String {
  /// What stands behind a prefix; nil without it.
  fileprivate func suffix(behind prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
