/// How three versions of a value become one: what the last common ancestor had, what our side has
/// and what theirs has, each nil where the value does not exist. Deletion is part of the rule.
///
/// A store calls a rule only when the three differ: a side that did not change, and two sides that
/// agree, are settled by object name without reading a value.
public struct MergeRule<Value: Sendable>: Sendable {
  /// What a merge comes to.
  public enum Resolution: Sendable {
    /// The merged value; nil deletes it.
    case value(Value?)
    /// Somebody has to decide; the text says why, in lower case without a full stop.
    case conflict(String)
  }

  private let body:
    @Sendable (_ base: Value?, _ ours: Value?, _ theirs: Value?) throws -> Resolution
  /// Whether the rule is Git's own for files, which the merge of trees has built in.
  private(set) var isByLines = false

  /// Makes a rule of a function, which may be called from any thread and at any number of times.
  public init(
    _ body:
      @escaping @Sendable (_ base: Value?, _ ours: Value?, _ theirs: Value?) throws ->
      Resolution
  ) {
    self.body = body
  }

  /// The same rule, known to be Git's own.
  func markedAsByLines() -> MergeRule {
    var rule = self
    rule.isByLines = true
    return rule
  }

  /// Applies the rule.
  public func merge(base: Value?, ours: Value?, theirs: Value?) throws -> Resolution {
    try body(base, ours, theirs)
  }
}

// MARK: Combinators

extension MergeRule {
  /// Makes a rule of a function: the same as `init`, for where a rule is expected.
  public static func custom(
    _ body:
      @escaping @Sendable (_ base: Value?, _ ours: Value?, _ theirs: Value?) throws ->
      Resolution
  ) -> MergeRule {
    MergeRule(body)
  }

  /// Our side wins wherever both changed a value.
  public static var ours: MergeRule { MergeRule { _, ours, _ in .value(ours) } }

  /// Their side wins wherever both changed a value.
  public static var theirs: MergeRule { MergeRule { _, _, theirs in .value(theirs) } }

  /// The first rule that does not conflict. When all conflict, the last reason stands; no rules at
  /// all are a conflict.
  public static func first(of rules: [MergeRule]) -> MergeRule {
    MergeRule { base, ours, theirs in
      var reason = "no rule applies"
      for rule in rules {
        switch try rule.merge(base: base, ours: ours, theirs: theirs) {
        case .value(let value): return .value(value)
        case .conflict(let why): reason = why
        }
      }
      return .conflict(reason)
    }
  }
}

extension MergeRule where Value: Equatable {
  /// Sides that agree agree, a change on one side wins, and anything else is a conflict: also a
  /// deletion against a change.
  public static var `default`: MergeRule {
    MergeRule { base, ours, theirs in
      settled(base, ours, theirs) ?? .conflict(reason(base, ours, theirs))
    }
  }

  /// Merges values that both sides have, and leaves the rest to `default`: a deletion against a
  /// change is a conflict. `merge` sees a nil base when both sides added the value.
  public static func optional(
    of merge:
      @escaping @Sendable (_ base: Value?, _ ours: Value, _ theirs: Value) throws ->
      Resolution
  ) -> MergeRule {
    MergeRule { base, ours, theirs in
      if let settled = settled(base, ours, theirs) { return settled }
      guard let ours, let theirs else { return .conflict(reason(base, ours, theirs)) }
      return try merge(base, ours, theirs)
    }
  }

  /// The outcome where it does not depend on the kind of value.
  private static func settled(_ base: Value?, _ ours: Value?, _ theirs: Value?) -> Resolution? {
    if ours == theirs || base == theirs { return .value(ours) }
    return base == ours ? .value(theirs) : nil
  }

  private static func reason(_ base: Value?, _ ours: Value?, _ theirs: Value?) -> String {
    if ours == nil { return "deleted by us, changed by them" }
    if theirs == nil { return "changed by us, deleted by them" }
    return base == nil ? "added differently by both sides" : "changed differently by both sides"
  }
}
