internal import PandoBytes
public import PandoObjects

/// One start of a walk that an argument asks for.
public struct RevisionTerm: Hashable, Sendable {
  /// The object.
  public let id: ObjectID
  /// How it was named; the ID for one that was computed.
  public let name: String
  /// Whether it and what it leads to is left out.
  public let isExcluded: Bool
  /// Whether it is the left side of `A...B`.
  public let isLeft: Bool
  /// The path by which a tree or blob was reached.
  public let path: [UInt8]?

  /// Makes a term.
  public init(
    id: ObjectID, name: String, isExcluded: Bool = false, isLeft: Bool = false,
    path: [UInt8]? = nil
  ) {
    self.id = id
    self.name = name
    self.isExcluded = isExcluded
    self.isLeft = isLeft
    self.path = path
  }

  /// The same term with the sense of `isExcluded` turned round when `isNegated`, as after `--not`.
  public func negated(_ isNegated: Bool) -> RevisionTerm {
    RevisionTerm(
      id: id, name: name, isExcluded: isExcluded != isNegated, isLeft: isLeft, path: path)
  }
}

/// Arguments that stand for several revisions: `A..B`, `A...B`, `A^@`, `A^!`, `A^-n`, `^A`.
extension RevisionParser {
  /// What an argument of a walk stands for; nil when it names nothing.
  public func terms(
    _ argument: String, hint: Hint = .any
  ) throws(PandoError) -> [RevisionTerm]? {
    if argument != "..", let range = try range(argument) { return range }
    var argument = argument
    if argument.hasSuffix("^@") {
      let name = String(argument.dropLast(2))
      if let parents = try parentTerms(of: name, isExcluded: false) { return parents }
    }
    var parents: [RevisionTerm] = []
    if argument.hasSuffix("^!") {
      let name = String(argument.dropLast(2))
      if let found = try parentTerms(of: name, isExcluded: true) {
        parents = found
        argument = name
      }
    } else if let minus = splitMinus(argument) {
      guard let number = minus.number else { return nil }
      if let found = try parentTerms(of: minus.name, isExcluded: true, only: number) {
        parents = found
        argument = minus.name
      }
    }
    let isExcluded = argument.hasPrefix("^")
    let name = isExcluded ? String(argument.dropFirst()) : argument
    guard let found = try find(ByteString(name), hint: hint) else { return nil }
    return parents + [
      RevisionTerm(id: found.id, name: name, isExcluded: isExcluded, path: found.path)
    ]
  }

  /// The name before `^-` and the number after it, 1 when there is none; `number` is nil when what
  /// follows is no number.
  private func splitMinus(_ argument: String) -> (name: String, number: Int?)? {
    let bytes = Array(argument.utf8)
    guard let mark = bytes.position(of: Array("^-".utf8)) else { return nil }
    let name = shown(Array(bytes[..<mark]))
    let digits = bytes[(mark + 2)...]
    if digits.isEmpty { return (name, 1) }
    let number = Int(shown(Array(digits))).flatMap { $0 >= 1 && $0 <= Int32.max ? $0 : nil }
    return (name, number)
  }

  /// The parents of a commit, or one of them; nil when the name leads to no commit or the commit
  /// has no such parent.
  package func parentTerms(
    of name: String, isExcluded: Bool, only number: Int? = nil
  ) throws(PandoError) -> [RevisionTerm]? {
    let isNegated = name.hasPrefix("^")
    let bare = isNegated ? String(name.dropFirst()) : name
    guard let id = try id(bare, hint: .committish), try objects.contains(id),
      let commit = try objects.peelToCommit(id),
      let parents = try source.parents(of: commit)
    else { return nil }
    if let number, number > parents.count { return nil }
    let kept = number.map { [parents[$0 - 1]] } ?? parents
    return kept.map {
      RevisionTerm(id: $0, name: name, isExcluded: isExcluded != isNegated)
    }
  }

  /// The two sides of a range; a side left out is HEAD. Nil when the argument is no range.
  package static func sides(
    of argument: String
  ) -> (left: String, right: String, isSymmetric: Bool)? {
    let bytes = Array(argument.utf8)
    guard let dots = bytes.position(of: [46, 46]) else { return nil }
    let isSymmetric = bytes.count > dots + 2 && bytes[dots + 2] == 46
    let left = String(decoding: bytes[..<dots], as: UTF8.self)
    let right = String(decoding: bytes[(dots + (isSymmetric ? 3 : 2))...], as: UTF8.self)
    return (left.isEmpty ? "HEAD" : left, right.isEmpty ? "HEAD" : right, isSymmetric)
  }

  private func range(_ argument: String) throws(PandoError) -> [RevisionTerm]? {
    guard let (left, right, isSymmetric) = Self.sides(of: argument) else { return nil }
    guard let a = try find(ByteString(left), hint: .committish),
      let b = try find(ByteString(right), hint: .committish)
    else { return nil }
    guard try objects.contains(a.id), try objects.contains(b.id) else {
      throw PandoError(
        .notFound,
        isSymmetric
          ? "Invalid symmetric difference expression \(argument)"
          : "Invalid revision range \(argument)")
    }
    guard isSymmetric else {
      return [
        RevisionTerm(id: a.id, name: left, isExcluded: true, path: a.path),
        RevisionTerm(id: b.id, name: right, path: b.path),
      ]
    }
    guard let one = try objects.peelToCommit(a.id), let two = try objects.peelToCommit(b.id) else {
      return nil
    }
    let bases = try source.mergeBases(one, two)
    return bases.map { RevisionTerm(id: $0, name: $0.hex, isExcluded: true) } + [
      RevisionTerm(id: one, name: left, isLeft: true), RevisionTerm(id: two, name: right),
    ]
  }
}
