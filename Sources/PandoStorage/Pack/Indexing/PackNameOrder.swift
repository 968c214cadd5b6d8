internal import PandoObjects

/// The entries of a table in the order of their names; entries of one name in that of the pack.
struct PackNameOrder: Sendable {
  /// The numbers of the entries.
  private(set) var numbers: [UInt32]
  /// So many entries are sorted sooner than the values of sixteen bits are gone through.
  private static let smallMax = 2048

  /// Sorts by the first sixteen bits, which leaves few to each value, and then those by the rest.
  init(_ table: PackTable) {
    guard table.count > Self.smallMax else {
      numbers = (0..<table.count).map { UInt32(truncatingIfNeeded: $0) }
      numbers.sort { table.isOrdered(Int($0), Int($1)) }
      return
    }
    let buckets = 1 << 16
    var starts = [UInt32](repeating: 0, count: buckets + 1)
    for number in 0..<table.count { starts[table.leadingBits(number) + 1] += 1 }
    for index in 1...buckets { starts[index] += starts[index - 1] }
    numbers = [UInt32](repeating: 0, count: table.count)
    for number in 0..<table.count {
      let bucket = table.leadingBits(number)
      numbers[Int(starts[bucket])] = UInt32(truncatingIfNeeded: number)
      starts[bucket] += 1
    }
    // Each start has moved to its end.
    var begin = 0
    for bucket in 0..<buckets {
      let end = Int(starts[bucket])
      sort(begin..<end, table)
      begin = end
    }
  }

  /// Names spread evenly, so a bucket is small, unless somebody has chosen them.
  private mutating func sort(_ range: Range<Int>, _ table: PackTable) {
    guard range.count > 1 else { return }
    if range.count > 32 {
      numbers[range].sort { table.isOrdered(Int($0), Int($1)) }
      return
    }
    for index in (range.lowerBound + 1)..<range.upperBound {
      let number = numbers[index]
      var hole = index
      while hole > range.lowerBound, table.isOrdered(Int(number), Int(numbers[hole - 1])) {
        numbers[hole] = numbers[hole - 1]
        hole -= 1
      }
      numbers[hole] = number
    }
  }

  /// The first name that two entries have.
  func repeated(in table: PackTable) -> ObjectID? {
    for index in numbers.indices.dropFirst()
    where table.id(Int(numbers[index])) == table.id(Int(numbers[index - 1])) {
      return table.id(Int(numbers[index]))
    }
    return nil
  }

  /// The number of an entry of that name, or nil.
  func number(of id: ObjectID, in table: PackTable) -> Int? {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = low + (high - low) / 2
      if table.id(Int(numbers[middle])) < id { low = middle + 1 } else { high = middle }
    }
    guard low < numbers.count, table.id(Int(numbers[low])) == id else { return nil }
    return Int(numbers[low])
  }
}
