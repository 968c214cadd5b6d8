internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// Writes differences as patches. Source: git's diff-format documentation.
struct PatchPrinter {
  let options: DiffOptions
  let names: DiffNames
  let content: DiffContent
  /// The start of an object's name that no other has, at least so many digits long; nil for as many
  /// as git takes.
  let abbreviate: (ObjectID, Int?) throws -> String

  /// Appends the patch of one file.
  func append(_ change: FileChange, to output: inout [UInt8]) throws {
    if change.changesType, let old = change.old, let new = change.new {
      // What becomes another kind of thing goes, and something else comes.
      try append(Pair(old: old, new: nil, path: old.path.bytes), change, to: &output)
      try append(Pair(old: nil, new: new, path: new.path.bytes), change, to: &output)
    } else {
      let pair = Pair(old: change.old, new: change.new, path: change.path.bytes)
      try append(pair, change, to: &output)
    }
  }

  /// What is compared.
  private struct Pair {
    let old: FileChange.Side?
    let new: FileChange.Side?
    /// What the side that is not there is called.
    let path: [UInt8]

    var oldPath: [UInt8] { old?.path.bytes ?? path }
    var newPath: [UInt8] { new?.path.bytes ?? path }
  }

  private func append(_ pair: Pair, _ change: FileChange, to output: inout [UInt8]) throws {
    let prefixes =
      options.isReversed
      ? (options.newPrefix, options.oldPrefix) : (options.oldPrefix, options.newPrefix)
    let oldName = names.quoted(prefixes.0, pair.oldPath)
    let newName = names.quoted(prefixes.1, pair.newPath)
    var header: [UInt8] = []
    header.append(text: "diff --git ")
    header += oldName
    header.append(UInt8(ascii: " "))
    header += newName
    header.append(UInt8(ascii: "\n"))
    let isTold = try appendModes(pair, change, to: &header)
    let labels = (
      pair.old == nil ? Array("/dev/null".utf8) : oldName,
      pair.new == nil ? Array("/dev/null".utf8) : newName
    )
    if pair.old?.id == pair.new?.id {
      if isTold { output += header }
      return
    }
    let (old, new) = (try content.bytes(pair.old), try content.bytes(pair.new))
    if content.isBinary(old, new) {
      output += header
      output.append(text: "Binary files ")
      output += labels.0
      output.append(text: " and ")
      output += labels.1
      output.append(text: " differ\n")
      return
    }
    let diff = content.lines(from: old, to: new)
    let hunks = content.hunks(diff)
    if isTold || !hunks.isEmpty { output += header }
    guard !hunks.isEmpty else { return }
    appendLabel("--- ", labels.0, to: &output)
    appendLabel("+++ ", labels.1, to: &output)
    for hunk in hunks { append(hunk, of: diff, to: &output) }
  }

  /// A name with a space in it is ended by a tab.
  private func appendLabel(_ mark: String, _ label: [UInt8], to output: inout [UInt8]) {
    output.append(text: mark)
    output += label
    if label.contains(UInt8(ascii: " ")) { output.append(UInt8(ascii: "\t")) }
    output.append(UInt8(ascii: "\n"))
  }

  // MARK: What is told before lines

  /// Whether there is something to tell though no line differs.
  private func appendModes(
    _ pair: Pair, _ change: FileChange, to header: inout [UInt8]
  ) throws -> Bool {
    var isTold = false
    switch (pair.old, pair.new) {
    case (nil, let new?):
      header.append(text: "new file mode \(Self.text(new.mode))\n")
      isTold = true
    case (let old?, nil):
      header.append(text: "deleted file mode \(Self.text(old.mode))\n")
      isTold = true
    case (let old?, let new?):
      if old.mode != new.mode {
        header.append(text: "old mode \(Self.text(old.mode))\nnew mode \(Self.text(new.mode))\n")
        isTold = true
      }
      if change.kind == .renamed || change.kind == .copied {
        let verb = change.kind == .renamed ? "rename" : "copy"
        header.append(text: "similarity index \(change.percent)%\n\(verb) from ")
        header += names.quoted(old.path.bytes)
        header.append(text: "\n\(verb) to ")
        header += names.quoted(new.path.bytes)
        header.append(UInt8(ascii: "\n"))
        isTold = true
      }
    case (nil, nil): break
    }
    guard pair.old?.id != pair.new?.id else { return isTold }
    header.append(text: "index \(try digits(pair.old))..\(try digits(pair.new))")
    if let old = pair.old, old.mode == pair.new?.mode {
      header.append(text: " \(Self.text(old.mode))")
    }
    header.append(UInt8(ascii: "\n"))
    return isTold
  }

  private func digits(_ side: FileChange.Side?) throws -> String {
    let id = side?.id ?? .null(content.objects.hashAlgorithm)
    return options.showsFullIndex
      ? id.hex : try abbreviate(id, options.digits.flatMap { $0 > 0 ? $0 : nil })
  }

  /// A mode in six octal digits.
  static func text(_ mode: TreeEntry.Mode?) -> String {
    String(mode?.bits ?? 0, radix: 8).zeroPadded(to: 6)
  }

  // MARK: Lines

  private func append(_ hunk: DiffHunk, of diff: LineDiff, to output: inout [UInt8]) {
    output.append(text: "@@ -\(Self.range(hunk.old)) +\(Self.range(hunk.new)) @@")
    if !hunk.heading.isEmpty {
      output.append(UInt8(ascii: " "))
      output += Self.wellFormed(hunk.heading)
    }
    output.append(UInt8(ascii: "\n"))
    // Lines that are equal but for their white space are shown as they are now.
    var line = hunk.new.lowerBound
    for change in hunk.changes {
      append(line..<change.new.lowerBound, of: diff.new, mark: " ", to: &output)
      append(change.old, of: diff.old, mark: "-", to: &output)
      append(change.new, of: diff.new, mark: "+", to: &output)
      line = change.new.upperBound
    }
    append(line..<hunk.new.upperBound, of: diff.new, mark: " ", to: &output)
  }

  /// The start of a heading that is UTF-8: it may be cut inside of a character.
  private static func wellFormed(_ heading: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = heading.startIndex
    while end < heading.endIndex, let character = DisplayWidth.character(heading, at: end) {
      end += character.count
    }
    return heading[..<end]
  }

  private static func range(_ lines: Range<Int>) -> String {
    // No line is one behind which something stands.
    let start = lines.isEmpty ? lines.lowerBound : lines.lowerBound + 1
    return lines.count == 1 ? "\(start)" : "\(start),\(lines.count)"
  }

  private func append(
    _ range: Range<Int>, of lines: Lines, mark: Unicode.Scalar, to output: inout [UInt8]
  ) {
    for index in range {
      output.append(UInt8(ascii: mark))
      let line = lines.line(index)
      output += line
      if line.last != UInt8(ascii: "\n") {
        output.append(text: "\n\\ No newline at end of file\n")
      }
    }
  }
}
