internal import PandoBytes
internal import PandoObjects

/// Compares trees and makes the filters that tell which paths differ. Source:
/// gitformat-commit-graph,
/// "Bloom Filter Data".
struct ChangedPaths {
  /// Filters of more paths than these are not worth their room: they say that all may differ.
  static let pathsMax = 512

  private let settings: CommitGraphFile.FilterSettings
  private let width: Int
  private var trees: TreeBodies
  private var frames: [Frame] = []
  private var path: [UInt8] = []
  /// Both hashes of each path; a path may be there twice.
  private var keys: [UInt64] = []
  private var fileCount = 0

  /// Two directories of one path on the way to each other's differences.
  private struct Frame {
    let old: [UInt8]
    let new: [UInt8]
    let pathCount: Int
    var oldOffset = 0
    var newOffset = 0
    /// Whether the directory's own path is among the keys.
    var isNoted: Bool
  }

  init(_ objects: any ObjectReader, _ settings: CommitGraphFile.FilterSettings) {
    self.settings = settings
    width = objects.hashAlgorithm.byteCount
    trees = TreeBodies(objects)
  }

  /// Appends the filter of the paths that differ between two trees; nil stands for the empty one.
  mutating func appendFilter(
    from old: ObjectID?, to new: ObjectID, to filters: inout [UInt8]
  ) throws(PandoError) {
    path.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    fileCount = 0
    if old != new { try enter(old, new, isNoted: true) }
    while let frame = frames.popLast() {
      guard fileCount <= Self.pathsMax else { break }
      try advance(frame)
    }
    append(to: &filters)
  }

  private mutating func append(to filters: inout [UInt8]) {
    keys.sort()
    var distinct = 0
    for (number, key) in keys.enumerated() where number == 0 || keys[number - 1] != key {
      distinct += 1
    }
    guard fileCount <= Self.pathsMax, distinct <= Self.pathsMax else { return filters.append(0xFF) }
    let start = filters.count
    let byteCount = max(1, (distinct * settings.bitsPerPath + 7) / 8)
    filters.append(contentsOf: repeatElement(0, count: byteCount))
    for key in keys {
      var hash = UInt32(truncatingIfNeeded: key >> 32)
      let step = UInt32(truncatingIfNeeded: key)
      for _ in 0..<settings.hashCount {
        let bit = Int(UInt64(hash) % UInt64(byteCount * 8))
        filters[start + bit >> 3] |= 1 << UInt8(bit & 7)
        hash &+= step
      }
    }
  }

  private mutating func enter(
    _ old: ObjectID?, _ new: ObjectID?, isNoted: Bool = false
  ) throws(PandoError) {
    guard frames.count < Limits.treeDepth else {
      throw PandoError(.limitExceeded, "trees are nested deeper than \(Limits.treeDepth) levels")
    }
    let oldBody = if let old { try trees.body(old) } else { [UInt8]() }
    let newBody = if let new { try trees.body(new) } else { [UInt8]() }
    frames.append(
      Frame(old: oldBody, new: newBody, pathCount: path.count, isNoted: isNoted))
  }

  // MARK: Differences

  /// Goes through a directory to its end, or to a directory below it that is then on top.
  private mutating func advance(_ frame: Frame) throws(PandoError) {
    let (old, new) = (frame.old, frame.new)
    var frame = frame
    path.removeLast(path.count - frame.pathCount)
    while fileCount <= Self.pathsMax {
      let step: Step
      do throws(ParseError) {
        step = try Self.step(old.span, &frame.oldOffset, new.span, &frame.newOffset, width)
      } catch {
        throw .corrupt("a tree", error)
      }
      switch step {
      case .end: return
      case .file(let isOld, let name):
        note(isOld ? old : new, name, &frame)
      case .directories(let oldID, let newID, let isOld, let name):
        frames.append(frame)
        if frame.pathCount > 0 { path.append(UInt8(ascii: "/")) }
        path.append(contentsOf: (isOld ? old : new)[name])
        return try enter(oldID, newID)
      }
    }
  }

  /// Takes down a file that differs, and the directories above it.
  private mutating func note(_ body: [UInt8], _ name: Range<Int>, _ frame: inout Frame) {
    fileCount += 1
    if frame.pathCount > 0 { path.append(UInt8(ascii: "/")) }
    path.append(contentsOf: body[name])
    addKey(path.count)
    path.removeLast(path.count - frame.pathCount)
    guard !frame.isNoted else { return }
    frame.isNoted = true
    addKey(frame.pathCount)
    for number in frames.indices.reversed() where !frames[number].isNoted {
      frames[number].isNoted = true
      addKey(frames[number].pathCount)
    }
  }

  private mutating func addKey(_ count: Int) {
    let key = BloomKeys.Key(path.span.extracting(first: count), version: settings.version)
    keys.append(UInt64(key.start) << 32 | UInt64(key.step))
  }

  /// What comes next in a pair of directories.
  private enum Step {
    case end
    /// A file differs, or is in one directory only.
    case file(isOld: Bool, name: Range<Int>)
    /// A directory differs, or is in one only.
    case directories(old: ObjectID?, new: ObjectID?, isOld: Bool, name: Range<Int>)
  }

  private static func step(
    _ old: Span<UInt8>, _ oldOffset: inout Int, _ new: Span<UInt8>, _ newOffset: inout Int,
    _ width: Int
  ) throws(ParseError) -> Step {
    while true {
      try ComparedEntry.skipEqual(old, &oldOffset, new, &newOffset, width)
      let left = try ComparedEntry(old, at: oldOffset, width)
      let right = try ComparedEntry(new, at: newOffset, width)
      guard left != nil || right != nil else { return .end }
      let order = ComparedEntry.order(left, old, right, new)
      if order <= 0, let left { oldOffset = left.end }
      if order >= 0, let right { newOffset = right.end }
      if order == 0, let left, let right {
        guard left.differs(old, right, new) else { continue }
        guard left.isDirectory else { return .file(isOld: false, name: right.name) }
        return .directories(
          old: left.id(old), new: right.id(new), isOld: false, name: right.name)
      }
      if order < 0, let left {
        guard left.isDirectory else { return .file(isOld: true, name: left.name) }
        return .directories(old: left.id(old), new: nil, isOld: true, name: left.name)
      }
      guard let right else { return .end }
      guard right.isDirectory else { return .file(isOld: false, name: right.name) }
      return .directories(old: nil, new: right.id(new), isOld: false, name: right.name)
    }
  }
}
