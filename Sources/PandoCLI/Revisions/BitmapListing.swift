internal import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// `rev-list --use-bitmap-index`: answers from a bitmap file what the file can answer, and
/// `--test-bitmap`, which compares it with a walk.
struct BitmapListing {
  private let arguments: WalkArguments
  private let context: CommandContext

  /// What is asked of the objects that are reached.
  struct Question {
    var counts = false
    var listsObjects = false
    var sumsDiskUsage = false
  }

  init(_ arguments: WalkArguments, context: CommandContext) {
    self.arguments = arguments
    self.context = context
  }

  /// Whether only what is reached is asked for, and nothing that needs a walk.
  private var needsNoWalk: Bool {
    let walk = arguments.walk
    let isWhole =
      walk.paths == nil && walk.since == nil && walk.until == nil && walk.accepts == nil
      && walk.parentsMin == 0 && walk.parentsMax == nil && walk.skip == 0 && walk.limit == nil
      && walk.onlySide == nil
    let isPlain =
      !walk.followsFirstParentOnly && !walk.isReversed && !walk.showsBoundary && !walk.isUnsorted
      && !arguments.showsSides && !arguments.showsParents && !arguments.showsChildren
    return isWhole && isPlain && arguments.filter.isEmpty && arguments.paths.isEmpty
      && arguments.format == nil
  }

  /// Answers when there is a file and the question is one that it answers; false when a walk has
  /// to.
  func run(_ question: Question) throws -> Bool {
    guard needsNoWalk, try context.grafts() == .none, let database = try? context.objectDatabase(),
      let bitmaps = try ReachabilityBitmaps.open(database)
    else { return false }
    let wants = arguments.terms.filter { !$0.isExcluded }.map(\.id)
    let haves = arguments.terms.filter(\.isExcluded).map(\.id)
    let found = try bitmaps.reachable(
      from: wants, excluding: haves, followsTrees: question.listsObjects)
    let kinds = question.listsObjects ? ReachableSet.kindOrder : [.commit]
    if question.counts {
      let count = kinds.reduce(0) { $0 + found.count($1) }
      try context.output.write("\(count)\n")
    } else if question.sumsDiskUsage {
      try context.output.write("\(try diskUsage(found, kinds))\n")
    } else if !arguments.isQuiet {
      var line: [UInt8] = []
      try found.forEach(kinds) { (id, _) throws in
        line.removeAll(keepingCapacity: true)
        id.digest.appendHex(to: &line)
        line.append(10)
        try context.output.write(line)
      }
    }
    return true
  }

  private func diskUsage(_ found: ReachableSet, _ kinds: [ObjectKind]) throws -> Int {
    var total = 0
    var orders: [ObjectIdentifier: PackOrder] = [:]
    for kind in kinds {
      var bits = found.bits
      bits.formIntersection(found.bitmaps.objects(of: kind))
      try bits.forEach { (bit) throws in
        let (pack, offset) = try found.bitmaps.location(ofBit: bit)
        let order = try orders[ObjectIdentifier(pack)] ?? PackOrder(pack)
        orders[ObjectIdentifier(pack)] = order
        total += try order.placement(atOffset: offset)?.size ?? 0
      }
    }
    let details = try DiskDetails(context)
    for (id, kind) in found.others where kinds.contains(kind) {
      total += try details.diskSize(of: id)
    }
    return total
  }

  /// Compares the set of the one commit that is named with a walk.
  func test() throws {
    guard let bitmaps = try ReachabilityBitmaps.open(try context.objectDatabase()) else {
      throw CommandFailure.fatal("failed to load bitmap indexes")
    }
    guard arguments.terms.count == 1, let id = arguments.terms.first?.id else {
      throw CommandFailure.fatal("you must specify exactly one commit to test")
    }
    let test = try bitmaps.test(id)
    let loaded = test.hasLookupTable ? "" : " loaded"
    try context.errors.write("Bitmap v1 test (\(test.entryCount) entries\(loaded))\n")
    guard let stored = test.stored else {
      throw CommandFailure.fatal("commit '\(id)' doesn't have an indexed bitmap")
    }
    let checksum = String(stored.checksum, radix: 16).zeroPadded(to: 8)
    try context.errors.write(
      "Found bitmap for '\(id)'. \(stored.bitCount) bits / \(checksum) checksum\n")
    guard test.isRight else { throw CommandFailure.fatal("mismatch in bitmap results") }
    try context.errors.write("OK!\n")
  }
}
