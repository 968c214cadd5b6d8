internal import PandoBytes
package import PandoObjects

/// A set of objects, each of which has a number as long as it lives.
///
/// Most objects of a repository are in few large packs. The number of such a one is its position in
/// the index: a bit stands for it, and whoever has the number knows where to read it. Others cost
/// about 55 bytes each.
package struct ObjectSet: Sendable {
  /// Indexes that are searched in turn; more would cost more than they save.
  private static let indexesMax = 4
  /// After one search for this many names the names are looked through once, to search faster.
  private static let namesPerSearch = 16

  /// More objects than these for a root are not all reached.
  private static let objectsPerRoot = 16

  /// The largest first, and the first number of each.
  private var indexes: [PlaceIndex] = []
  private var starts: [Int] = []
  private var indexedCount = 0
  private var searchesLeft = 0
  /// Whether objects may be read from where they are.
  private var tellsLocations = false
  private var bits = Bitmap()
  private var others = ObjectNumbers()
  /// How many objects are in the set.
  package private(set) var count = 0

  /// An empty set of objects that are read from `objects`.
  package init(_ objects: any ObjectReader) {
    // Without its packs it costs more memory, and reading them tells what is wrong.
    guard let database = objects as? ObjectDatabase, let sources = try? database.sources()
    else { return }
    tellsLocations = !database.options.verifiesOnRead
    let all =
      sources.covered.map { PlaceIndex($0) } + sources.single.compactMap { try? PlaceIndex($0) }
    indexes = Array(all.sorted { $0.count > $1.count }.prefix(Self.indexesMax))
    for index in indexes {
      starts.append(indexedCount)
      indexedCount += index.count
    }
    searchesLeft = indexedCount / Self.namesPerSearch
    bits = Bitmap(capacity: indexedCount)
  }

  /// Adds an object; tells its number, and whether it was not in the set.
  package mutating func insert(_ id: ObjectID) -> (number: Int, isNew: Bool) {
    searchesLeft -= 1
    if searchesLeft == 0 { prepare() }
    let found: (number: Int, isNew: Bool)
    if let number = indexedNumber(of: id) {
      found = (number, bits.insert(number))
    } else {
      let (number, isNew) = others.insert(id)
      found = (indexedCount + number, isNew)
    }
    if found.isNew { count += 1 }
    return found
  }

  /// Adds the object of a number; false when it was in the set.
  mutating func insert(number: Int) -> Bool {
    let isNew = bits.insert(number)
    if isNew { count += 1 }
    return isNew
  }

  /// Whether an object is in the set.
  package func contains(_ id: ObjectID) -> Bool { number(of: id) != nil }

  /// The number of an object in the set; nil when it is not in it.
  package func number(of id: ObjectID) -> Int? {
    if let number = indexedNumber(of: id) { return bits.contains(number) ? number : nil }
    return others.number(of: id).map { indexedCount + $0 }
  }

  /// Where in a pack the object of that number is; nil for one that is in none of the large packs.
  func location(of number: Int) throws(PandoError) -> PackedLocation? {
    guard tellsLocations, number < indexedCount else { return nil }
    var place = starts.count - 1
    while place > 0, starts[place] > number { place -= 1 }
    return try indexes[place].location(at: number - starts[place])
  }

  /// The name of the object of a number, which is a position in an index.
  func id(of number: Int) -> ObjectID {
    var place = starts.count - 1
    while place > 0, starts[place] > number { place -= 1 }
    return indexes[place].id(at: number - starts[place])
  }

  /// The pack whose positions are numbers, with its index, when most objects are in one pack and
  /// `rootCount` roots lead to most of them.
  mutating func mainPack(rootCount: Int) -> (PackReader, PlaceIndex)? {
    guard tellsLocations, rootCount >= indexedCount / Self.objectsPerRoot,
      let pack = indexes.first?.pack
    else { return nil }
    prepare()
    return (pack, indexes[0])
  }

  private mutating func prepare() {
    for place in indexes.indices { indexes[place].prepare() }
  }

  private func indexedNumber(of id: ObjectID) -> Int? {
    for place in indexes.indices {
      if let position = indexes[place].position(of: id) { return starts[place] + position }
    }
    return nil
  }
}
