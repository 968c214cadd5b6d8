internal import PandoBytes

/// The order of version numbers in names: `v1.9` before `v1.10`.
///
/// Names are compared at the first byte that differs. Where digits stand there on both sides, whole
/// runs of digits are compared as numbers, or as decimal fractions when they begin with zero; so
/// the
/// C library's strverscmp has it. Suffixes that are configured (`versionsort.suffix`) order names
/// that are equal up to them. Source: strverscmp(3) and git-config.
struct VersionOrder {
  /// The configured suffixes, such as `-rc`, in their order.
  let suffixes: [[UInt8]]

  /// Negative, zero or positive as `a` stands before, with or after `b`.
  func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var index = 0
    while index < a.count, index < b.count, a[index] == b[index] { index += 1 }
    if index == a.count, index == b.count { return 0 }
    if let order = compareSuffixes(a, b, at: index) { return order }
    var start = index
    while start > 0, Self.isDigit(a[start - 1]) { start -= 1 }
    let (left, right) = (Self.digits(a[index...]), Self.digits(b[index...]))
    let order = Self.compareBytes(a, b, at: index)
    let shared = a[start..<index]
    guard let first = shared.first else {
      // Numbers that begin here; those that begin with zero are fractions.
      let areNumbers = ![left.first, right.first].contains { $0 == nil || $0 == 48 }
      return areNumbers && left.count != right.count ? left.count - right.count : order
    }
    if first != 48 { return left.count != right.count ? left.count - right.count : order }
    // In a fraction of zeros alone so far, more digits come first.
    let areZeros = shared.allSatisfy { $0 == 48 }
    if areZeros, left.isEmpty != right.isEmpty { return left.isEmpty ? 1 : -1 }
    return order
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  private static func digits(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.prefix(while: isDigit)
  }

  private static func compareBytes(_ a: [UInt8], _ b: [UInt8], at index: Int) -> Int {
    Int(index < a.count ? a[index] : 0) - Int(index < b.count ? b[index] : 0)
  }

  /// The suffix in a name that is at the difference: the one that begins first, and of those the
  /// longest.
  private func suffix(in name: [UInt8], at index: Int) -> Int? {
    var best: (rank: Int, start: Int, length: Int)?
    for (rank, suffix) in suffixes.enumerated() where !suffix.isEmpty {
      let first = max(0, index - suffix.count)
      for start in first...max(first, index) where start <= name.count {
        guard name[start...].starts(with: suffix) else { continue }
        if let found = best {
          let isBetter =
            start < found.start || start == found.start && suffix.count > found.length
          if !isBetter { break }
        }
        best = (rank, start, suffix.count)
        break
      }
    }
    return best?.rank
  }

  private func compareSuffixes(_ a: [UInt8], _ b: [UInt8], at index: Int) -> Int? {
    if suffixes.isEmpty { return nil }
    switch (suffix(in: a, at: index), suffix(in: b, at: index)) {
    case (nil, nil): return nil
    case (_?, nil): return -1
    case (nil, _?): return 1
    case (let left?, let right?): return left == right ? nil : left - right
    }
  }
}
