internal import PandoBytes
internal import PandoObjects

/// The commits that a walk has met, numbered in the order it met them, with their parents and
/// dates.
///
/// A commit costs about 70 bytes: its name and number, a date, where its parents are, and a byte of
/// flags.
struct CommitTable {
  /// A commit's number in its table.
  typealias Index = Int32

  let reader: any ObjectReader
  let grafts: Grafts
  private var numbers = ObjectNumbers()
  /// Committer dates; meaningful once the commit is read.
  private(set) var dates: [Int64] = []
  /// Marks of whoever walks.
  var marks: [Marks] = []
  private var parentStarts: [Int32] = []
  private var parentCounts: [Int32] = []
  private var parentList: [Index] = []

  /// A set of one-bit marks.
  struct Marks: OptionSet {
    let rawValue: UInt8
  }

  init(_ reader: any ObjectReader, grafts: Grafts) {
    self.reader = reader
    self.grafts = grafts
  }

  /// The commits met, each at its number.
  var ids: [ObjectID] { numbers.ids }

  /// The number of commits met.
  var count: Int { numbers.count }

  /// The number of the commit of that name, which is new when it was not met yet.
  mutating func index(of id: ObjectID) -> Index {
    let (number, isNew) = numbers.insert(id)
    if isNew { appendRow() }
    return Index(number)
  }

  /// Adds a commit that no name leads to, for merges of merge bases.
  mutating func appendVirtual(parents: [Index]) -> Index {
    let index = Index(numbers.insertUnnamed(.null(reader.hashAlgorithm)))
    appendRow()
    parentStarts[Int(index)] = Int32(parentList.count)
    parentCounts[Int(index)] = Int32(parents.count)
    parentList.append(contentsOf: parents)
    return index
  }

  private mutating func appendRow() {
    dates.append(0)
    marks.append([])
    parentStarts.append(0)
    parentCounts.append(-1)
  }

  /// Reads the commit's links, once. Throws `.notFound` when the commit is missing.
  mutating func read(_ index: Index) throws(PandoError) {
    guard parentCounts[Int(index)] < 0 else { return }
    let id = ids[Int(index)]
    let links = try reader.commitLinks(id)
    dates[Int(index)] = links.committerSeconds
    let parents = grafts.parents.isEmpty ? links.parents : grafts.parents[id] ?? links.parents
    let start = Int32(parentList.count)
    for parent in parents { parentList.append(self.index(of: parent)) }
    parentStarts[Int(index)] = start
    parentCounts[Int(index)] = Int32(parents.count)
  }

  /// Where the parents of a commit that was read are, for `parent(at:)`; empty when it was not.
  func parentRange(_ index: Index) -> Range<Int> {
    let start = Int(parentStarts[Int(index)])
    return start..<start + Int(max(0, parentCounts[Int(index)]))
  }

  /// One parent.
  func parent(at position: Int) -> Index { parentList[position] }
}
