/// One thing as the base, our side and their side have it.
struct Versions<Value> {
  var base: Value?
  var ours: Value?
  var theirs: Value?

  /// Whichever there is.
  var any: Value? { ours ?? theirs ?? base }

  /// Which of the three there are.
  var present: Sides {
    var sides = Sides()
    if base != nil { sides.insert(.base) }
    if ours != nil { sides.insert(.ours) }
    if theirs != nil { sides.insert(.theirs) }
    return sides
  }

  func map<Other>(_ body: (Value) -> Other?) -> Versions<Other> {
    Versions<Other>(
      base: base.flatMap(body), ours: ours.flatMap(body), theirs: theirs.flatMap(body))
  }

  subscript(side: MergeSide) -> Value? {
    get { side == .ours ? ours : theirs }
    set { if side == .ours { ours = newValue } else { theirs = newValue } }
  }
}

extension Versions: Equatable where Value: Equatable {
  /// Which two of the three are there and the same; all, if all are.
  var agreement: Sides {
    let oursStays = base != nil && ours == base
    let theirsStays = base != nil && theirs == base
    if oursStays { return theirsStays ? .all : [.base, .ours] }
    if theirsStays { return [.base, .theirs] }
    return ours != nil && ours == theirs ? [.ours, .theirs] : []
  }
}

/// A side of a merge.
enum MergeSide: CaseIterable {
  case ours
  case theirs

  var other: MergeSide { self == .ours ? .theirs : .ours }
  var sides: Sides { self == .ours ? .ours : .theirs }
}

/// Some of the three trees of a merge.
struct Sides: OptionSet, Hashable {
  let rawValue: UInt8

  static let base = Sides(rawValue: 1)
  static let ours = Sides(rawValue: 2)
  static let theirs = Sides(rawValue: 4)
  static let all: Sides = [.base, .ours, .theirs]

  /// The side, where it is one alone.
  var onlySide: MergeSide? { self == .ours ? .ours : self == .theirs ? .theirs : nil }
}

/// One thing for each side of a merge.
struct Sided<Value> {
  var ours: Value
  var theirs: Value

  subscript(side: MergeSide) -> Value {
    get { side == .ours ? ours : theirs }
    set { if side == .ours { ours = newValue } else { theirs = newValue } }
  }

  /// Changes a side in place; through the subscript a list would be copied.
  mutating func change(_ side: MergeSide, _ body: (inout Value) -> Void) {
    if side == .ours { body(&ours) } else { body(&theirs) }
  }
}
