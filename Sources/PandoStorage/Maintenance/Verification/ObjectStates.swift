internal import PandoBytes
internal import PandoObjects

/// What a verification knows of each object, in a byte: whether it is there, whether something
/// names it, whether it can be reached, and its kind.
///
/// Names stay in the indexes of the largest packs; those of other objects are kept
/// here, about 50 bytes each.
struct ObjectStates: Sendable {
  /// What is known of one object.
  struct State: Sendable {
    var bits: UInt8

    /// Whether it was read and is what its name says.
    var isPresent: Bool {
      get { bits & 1 != 0 }
      set { bits = newValue ? bits | 1 : bits & ~1 }
    }
    /// Whether something names it.
    var isUsed: Bool {
      get { bits & 2 != 0 }
      set { bits = newValue ? bits | 2 : bits & ~2 }
    }
    /// Whether something that counts leads to it.
    var isReachable: Bool {
      get { bits & 4 != 0 }
      set { bits = newValue ? bits | 4 : bits & ~4 }
    }
    /// Its kind, or the one that what names it first says.
    var kind: ObjectKind? {
      get { ObjectKind(rawValue: bits >> 3 & 7) }
      set { bits = bits & ~0o70 | (newValue?.rawValue ?? 0) << 3 }
    }
    /// Whether some other kind is expected of it than it has.
    var isDisputed: Bool {
      get { bits & 0o100 != 0 }
      set { bits = newValue ? bits | 0o100 : bits & ~0o100 }
    }
  }

  /// The names that need no room here.
  let names: IndexedNames
  private var others = ObjectNumbers()
  private var states: [UInt8]

  /// Knows nothing yet.
  init(_ names: IndexedNames) {
    self.names = names
    states = [UInt8](repeating: 0, count: names.count)
  }

  /// The number of an object, which is given one when it has none.
  mutating func number(of id: ObjectID) -> Int {
    if let number = names.number(of: id) { return number }
    let (number, isNew) = others.insert(id)
    if isNew { states.append(0) }
    return names.count + number
  }

  /// The name of the object of that number.
  func id(_ number: Int) -> ObjectID {
    number < names.count ? names.id(number) : others.ids[number - names.count]
  }

  /// How many numbers are given out; those of objects in several indexes count more than once.
  var count: Int { states.count }

  subscript(number: Int) -> State {
    get { State(bits: states[number]) }
    set { states[number] = newValue.bits }
  }

  /// Notes that an object is there and of that kind.
  mutating func notePresent(_ number: Int, _ kind: ObjectKind?) {
    var state = self[number]
    if let known = state.kind, let kind, known != kind { state.isDisputed = true }
    state.isPresent = true
    if let kind { state.kind = kind }
    self[number] = state
  }

  /// Notes that something of the right to say so takes an object for one of that kind.
  mutating func noteUsed(_ number: Int, as kind: ObjectKind) {
    var state = self[number]
    if let known = state.kind {
      if known != kind { state.isDisputed = true }
    } else {
      state.kind = kind
    }
    state.isUsed = true
    self[number] = state
  }
}

/// The names in the indexes of packs, numbered one index after another. Threads search at once.
struct IndexedNames: Sendable {
  /// Indexes that are searched in turn; more would cost more than they save.
  static let indexesMax = 4

  /// The largest first.
  private let indexes: [PackIndex]
  /// The number of the first name of each.
  private let starts: [Int]
  /// How many names there are.
  let count: Int

  /// Takes the largest of some indexes, whose names must be in order.
  init(_ indexes: [PackIndex]) {
    let largest = indexes.sorted { $0.count > $1.count }.prefix(Self.indexesMax)
    var starts: [Int] = []
    var count = 0
    for index in largest {
      starts.append(count)
      count += index.count
    }
    self.indexes = Array(largest)
    self.starts = starts
    self.count = count
  }

  /// The number of a name; nil when no index has it.
  func number(of id: ObjectID) -> Int? {
    for (place, index) in indexes.enumerated() {
      if let found = index.position(of: id) { return starts[place] + found }
    }
    return nil
  }

  /// The name of that number.
  func id(_ number: Int) -> ObjectID {
    var place = starts.count - 1
    while place > 0, starts[place] > number { place -= 1 }
    return indexes[place].id(at: number - starts[place])
  }
}
