internal import PandoBytes

/// What is wrong with a tree as a whole: each is told once, however many entries have it.
struct TreeProblems: OptionSet {
  let rawValue: UInt16

  static let nullID = TreeProblems(rawValue: 1 << 0)
  static let slash = TreeProblems(rawValue: 1 << 1)
  static let emptyName = TreeProblems(rawValue: 1 << 2)
  static let dot = TreeProblems(rawValue: 1 << 3)
  static let dotDot = TreeProblems(rawValue: 1 << 4)
  static let dotGit = TreeProblems(rawValue: 1 << 5)
  static let paddedMode = TreeProblems(rawValue: 1 << 6)
  static let badMode = TreeProblems(rawValue: 1 << 7)
  static let duplicates = TreeProblems(rawValue: 1 << 8)
  static let unsorted = TreeProblems(rawValue: 1 << 9)

  /// In the order in which Git tells them.
  static let told: [(TreeProblems, FsckMessage.ID, String)] = [
    (.nullID, .nullSHA1, "contains entries pointing to null sha1"),
    (.slash, .fullPathname, "contains full pathnames"),
    (.emptyName, .emptyName, "contains empty pathname"),
    (.dot, .hasDot, "contains '.'"),
    (.dotDot, .hasDotdot, "contains '..'"),
    (.dotGit, .hasDotgit, "contains '.git'"),
    (.paddedMode, .zeroPaddedFilemode, "contains zero-padded file modes"),
    (.badMode, .badFilemode, "contains bad file modes"),
    (.duplicates, .duplicateEntries, "contains duplicate file entries"),
    (.unsorted, .treeNotSorted, "not properly sorted"),
  ]
}

/// Goes through the entries of one tree.
struct TreeCheck {
  let isStrict: Bool
  let idBytes: Int
  private(set) var problems: TreeProblems = []
  private var previous: TreeScan.Entry?
  /// Names of files that a directory of the same name may still follow, the shortest first, as
  /// places in the body.
  private var openFiles: [Range<Int>] = []

  init(isStrict: Bool, idBytes: Int) {
    self.isStrict = isStrict
    self.idBytes = idBytes
  }

  /// Looks at the next entry. True when its name needs a look at what it means on other disks.
  mutating func take(_ entry: TreeScan.Entry, in body: Span<UInt8>) -> Bool {
    if body[entry.start] == UInt8(ascii: "0") { problems.insert(.paddedMode) }
    checkMode(entry.mode)
    if isNull(entry, body) { problems.insert(.nullID) }
    let hasBackslash = checkSeparators(entry, body)
    if let previous { checkOrder(previous, entry, body) }
    previous = entry
    return hasBackslash || isSuspicious(entry, body)
  }

  /// A tree that cannot be read to its end is not told to hold anything else.
  mutating func forget() { problems = [] }

  private mutating func checkMode(_ mode: UInt32) {
    switch mode {
    case 0o100644, 0o040000, 0o100755, 0o120000, 0o160000: break
    case 0o100664 where !isStrict: break
    default: problems.insert(.badMode)
    }
  }

  private func isNull(_ entry: TreeScan.Entry, _ body: Span<UInt8>) -> Bool {
    let start = entry.idStart
    guard body.bigEndianUInt64(at: start) == 0, body.bigEndianUInt64(at: start + 8) == 0,
      body.bigEndianUInt64(at: start + idBytes - 8) == 0
    else { return false }
    return idBytes == 20 || body.bigEndianUInt64(at: start + 16) == 0
  }

  /// Notes a slash; true when there is a backslash. Eight bytes at a time: the object's name behind
  /// the NUL makes every load one inside the body.
  private mutating func checkSeparators(_ entry: TreeScan.Entry, _ body: Span<UInt8>) -> Bool {
    var hasBackslash = false
    var index = entry.nameStart
    while index < entry.nameEnd {
      let left = entry.nameEnd - index
      var word = body.bigEndianUInt64(at: index)
      if left < 8 { word &= ~(UInt64.max >> UInt64(left * 8)) }
      if Self.hasByte(0x2F, in: word) { problems.insert(.slash) }
      if Self.hasByte(0x5C, in: word) { hasBackslash = true }
      index += 8
    }
    return hasBackslash
  }

  private static func hasByte(_ byte: UInt64, in word: UInt64) -> Bool {
    let difference = word ^ (byte &* 0x0101_0101_0101_0101)
    return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
  }

  /// Whether the name can be a spelling of one that counts: those begin with a dot or a byte that
  /// macOS ignores, or have a tilde among their first bytes.
  private mutating func isSuspicious(_ entry: TreeScan.Entry, _ body: Span<UInt8>) -> Bool {
    let length = entry.nameEnd - entry.nameStart
    switch body[entry.nameStart] {
    case UInt8(ascii: "."):
      if length == 1 { problems.insert(.dot) }
      if length == 2, body[entry.nameStart + 1] == UInt8(ascii: ".") { problems.insert(.dotDot) }
      return true
    case 0xE2, 0xEF, UInt8(ascii: "~"):
      return true
    case UInt8(ascii: "g"), UInt8(ascii: "G"), UInt8(ascii: "m"), UInt8(ascii: "M"):
      return length >= 5 && Self.hasByte(0x7E, in: body.bigEndianUInt64(at: entry.nameStart))
    default:
      return false
    }
  }

  /// Notes that the names of this tree hold a spelling of `.git`.
  mutating func noteDotGit() { problems.insert(.dotGit) }

  // MARK: Order

  private mutating func checkOrder(
    _ a: TreeScan.Entry, _ b: TreeScan.Entry, _ body: Span<UInt8>
  ) {
    let (aCount, bCount) = (a.nameEnd - a.nameStart, b.nameEnd - b.nameStart)
    let (aWord, bWord) = (
      body.bigEndianUInt64(at: a.nameStart), body.bigEndianUInt64(at: b.nameStart)
    )
    // Mostly the first bytes tell, before either name ends.
    let shared = min(aCount, bCount)
    let equal = (aWord ^ bWord).leadingZeroBitCount / 8
    if equal < shared, equal < 8 {
      if aWord > bWord { problems.insert(.unsorted) }
      return
    }
    let order = body.extracting(a.nameStart..<a.nameStart + shared)
      .compareBytes(with: body.extracting(b.nameStart..<b.nameStart + shared))
    guard order == 0 else {
      if order > 0 { problems.insert(.unsorted) }
      return
    }
    // One name begins with the other: now it counts which is a directory.
    guard aCount != bCount else { return problems.formUnion(.duplicates) }
    let aNext =
      shared < aCount ? body[a.nameStart + shared] : a.isDirectory ? UInt8(ascii: "/") : 0
    let bNext =
      shared < bCount ? body[b.nameStart + shared] : b.isDirectory ? UInt8(ascii: "/") : 0
    if aNext >= bNext { problems.insert(.unsorted) }
    if aNext == 0, Self.isBelowSlash(bNext) {
      openFiles.append(a.nameStart..<a.nameEnd)
    } else if bNext == UInt8(ascii: "/"), Self.isBelowSlash(aNext) {
      closeFiles(before: b, body)
    }
  }

  private static func isBelowSlash(_ byte: UInt8) -> Bool { byte > 0 && byte < UInt8(ascii: "/") }

  /// Names sort between a file and a directory of the same name: the file is looked for among those
  /// that are still open.
  private mutating func closeFiles(before entry: TreeScan.Entry, _ body: Span<UInt8>) {
    let name = body.extracting(entry.nameStart..<entry.nameEnd)
    while let file = openFiles.popLast() {
      guard file.count <= name.count,
        name.extracting(0..<file.count).hasSameBytes(as: body.extracting(file))
      else { continue }
      guard file.count < name.count else { return problems.formUnion(.duplicates) }
      if Self.isBelowSlash(name[file.count]) {
        openFiles.append(file)
        return
      }
    }
  }
}
