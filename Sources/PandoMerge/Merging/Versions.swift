/// One thing as the base, our side and their side have it.
struct Versions<Value> {
  var base: Value?
  var ours: Value?
  var theirs: Value?

  /// Whichever there is.
  var any: Value? { ours ?? theirs ?? base }

  func map<Other>(_ body: (Value) -> Other?) -> Versions<Other> {
    Versions<Other>(
      base: base.flatMap(body), ours: ours.flatMap(body), theirs: theirs.flatMap(body))
  }
}

extension Versions where Value: Equatable {
  /// What decides itself: both sides agree, or only one changed anything. The entry is nil when
  /// what
  /// was decided is that there is nothing; the whole is nil when both changed it differently.
  var decided: (entry: Value?, Void)? {
    if ours == theirs || base == theirs { return (ours, ()) }
    if base == ours { return (theirs, ()) }
    return nil
  }
}
