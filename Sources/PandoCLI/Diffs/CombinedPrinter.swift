internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// Writes how a merge differs from all of its parents at once. Source: git's documentation of
/// formats of differences, "combined diff format".
struct CombinedPrinter {
  let printer: DiffPrinter
  let isDense: Bool
  /// Whether the path in every parent is told.
  let showsAllPaths: Bool

  private var options: DiffOptions { printer.options }
  private var format: DiffFormat { printer.format }

  /// What is shown, given the differences from each parent. Lines are counted against the first, in
  /// so many columns less than there are.
  func text(_ changes: [[FileChange]], narrowedBy margin: Int = 0) throws -> [UInt8] {
    var output: [UInt8] = []
    let counts = format.intersection(.ofFirstParent)
    if !counts.isEmpty {
      output += try printer.text(changes.first ?? [], as: counts, narrowedBy: margin)
    }
    let combined = CombinedChange.combining(changes)
    guard !combined.isEmpty else { return output }
    if !format.isDisjoint(with: .listings) {
      for change in combined { try appendListing(change, to: &output) }
    }
    if format.contains(.patch) {
      if format != .patch { output.append(options.endsWithZero ? 0 : UInt8(ascii: "\n")) }
      for change in combined { try appendPatch(change, to: &output) }
    }
    return output
  }

  private func appendListing(_ change: CombinedChange, to output: inout [UInt8]) throws {
    let separator = options.endsWithZero ? 0 : UInt8(ascii: "\t")
    let end = options.endsWithZero ? 0 : UInt8(ascii: "\n")
    if format.contains(.raw) {
      output.append(text: String(repeating: ":", count: change.parents.count))
      for parent in change.parents { output.append(text: "\(mode(parent.old)) ") }
      output.append(text: mode(change.new))
      for parent in change.parents { output.append(text: " \(try printer.digits(parent.old))") }
      output.append(text: " \(try printer.digits(change.new)) ")
    }
    if !format.isDisjoint(with: [.raw, .nameStatus]) {
      for parent in change.parents { output.append(text: String(letter(parent))) }
      output.append(separator)
    }
    if showsAllPaths {
      for parent in change.parents {
        output += printer.name(
          (parent.isMoved ? parent.old?.path : nil)?.bytes ?? change.path.bytes)
        output.append(separator)
      }
    }
    output += printer.name(change.path.bytes)
    output.append(end)
  }

  private func mode(_ side: FileChange.Side?) -> String { PatchPrinter.text(side?.mode) }

  /// Git tells files that became another kind of thing only from differences that were looked
  /// through.
  private func letter(_ change: FileChange) -> Character {
    change.kind == .typeChanged && !options.looksThroughDifferences
      ? FileChange.Kind.modified.rawValue : change.kind.rawValue
  }

  // MARK: Patches

  private func appendPatch(_ change: CombinedChange, to output: inout [UInt8]) throws {
    let content = DiffContent(objects: printer.objects, options: options)
    let result = try content.bytes(change.new)
    let parents = try change.parents.map { try content.bytes($0.old) }
    let changesMode = change.parents.contains { $0.old?.mode != change.new?.mode }
    if ([result] + parents).contains(where: { content.isBinary($0, []) }) {
      try appendHeader(change, changesMode, to: &output)
      output.append(text: "Binary files differ\n")
      return
    }
    let diff = try CombinedDiff(
      of: result, from: parents, options: options.lines,
      ignoresBlankLines: options.ignoresBlankLines)
    let hunks = diff.hunks(context: options.context, isDense: isDense)
    guard !hunks.isEmpty || changesMode else { return }
    try appendHeader(change, changesMode, to: &output)
    appendPaths(change, to: &output)
    for hunk in hunks { append(hunk, of: diff, to: &output) }
  }

  private func appendHeader(
    _ change: CombinedChange, _ changesMode: Bool, to output: inout [UInt8]
  ) throws {
    output.append(text: isDense ? "diff --cc " : "diff --combined ")
    output += printer.names.quoted(change.path.bytes)
    output.append(text: "\nindex ")
    let ids = try change.parents.map { try printer.indexDigits($0.old) }
    output.append(text: "\(ids.joined(separator: ","))..\(try printer.indexDigits(change.new))\n")
    guard changesMode else { return }
    let modes = change.parents.map { mode($0.old) }.joined(separator: ",")
    if change.isAdded {
      output.append(text: "new file mode \(mode(change.new))\n")
    } else if change.new == nil {
      output.append(text: "deleted file mode \(modes)\n")
    } else {
      output.append(text: "mode \(modes)..\(mode(change.new))\n")
    }
  }

  private func appendPaths(_ change: CombinedChange, to output: inout [UInt8]) {
    func append(_ mark: String, _ prefix: String, _ path: TreePath?) {
      output.append(text: mark)
      if let path {
        output += printer.names.quoted(prefix, path.bytes)
      } else {
        output.append(text: "/dev/null")
      }
      output.append(UInt8(ascii: "\n"))
    }
    if showsAllPaths {
      for parent in change.parents {
        let path = parent.isMoved ? parent.old?.path : change.path
        append("--- ", options.oldPrefix, parent.kind == .added ? nil : path)
      }
    } else {
      append("--- ", options.oldPrefix, change.isAdded ? nil : change.path)
    }
    append("+++ ", options.newPrefix, change.new == nil ? nil : change.path)
  }

  private func append(_ hunk: CombinedHunk, of diff: CombinedDiff, to output: inout [UInt8]) {
    let marks = String(repeating: "@", count: diff.parents.count + 1)
    output.append(text: marks)
    for extent in hunk.old { output.append(text: " -\(Self.text(extent))") }
    output.append(text: " +\(Self.text(hunk.new)) \(marks)")
    if !hunk.heading.isEmpty {
      output.append(UInt8(ascii: " "))
      output += hunk.heading
    }
    output.append(UInt8(ascii: "\n"))
    for line in hunk.lines {
      switch line {
      case .lost(let text, let parents):
        appendMarks(parents, "-", diff.parents.count, to: &output)
        output += text
      case .kept(let number, let parents):
        appendMarks(parents, "+", diff.parents.count, to: &output)
        let text = diff.result.line(number)
        output += text.last == UInt8(ascii: "\n") ? text.dropLast() : text
      }
      output.append(UInt8(ascii: "\n"))
    }
  }

  /// Git prints a count that has gone below zero as the unsigned number that it is in memory.
  private static func text(_ extent: CombinedHunk.Extent) -> String {
    "\(extent.start + 1),\(UInt(bitPattern: extent.count))"
  }

  private func appendMarks(
    _ parents: CombinedDiff.Parents, _ mark: Unicode.Scalar, _ count: Int,
    to output: inout [UInt8]
  ) {
    for parent in 0..<count {
      let isMarked = parents & (1 << CombinedDiff.Parents(parent)) != 0
      output.append(isMarked ? UInt8(ascii: mark) : UInt8(ascii: " "))
    }
  }
}

extension CombinedChange {
  /// Whether no parent has the file.
  fileprivate var isAdded: Bool { new != nil && parents.allSatisfy { $0.kind == .added } }
}

extension FileChange {
  /// Whether the file has another path, or comes from one.
  var isMoved: Bool { kind == .renamed || kind == .copied }
}
