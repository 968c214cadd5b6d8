internal import PandoBytes
public import PandoObjects

/// The name of a change: the same for commits that change the same lines of the same files in the
/// same way, wherever the lines stand and however they are spaced.
///
/// What git compares for `--cherry-pick`, and what `git patch-id --stable` says of `git diff-tree
/// -p` without renames where names need no quotes and modes stay as they are.
public struct PatchID: Hashable, Sendable {
  /// The sum of the digests of all files, as many bytes as a digest has.
  public let bytes: [UInt8]

  /// The lines around changes that count.
  private static let context = 3

  /// Names what `changes` do, which are of files. Reads both sides of each, and compares them.
  /// Throws `.notFound` when one is missing.
  public init(
    of changes: [TreeChange], in reader: any ObjectReader
  ) throws(PandoError) {
    let algorithm = reader.hashAlgorithm
    var sum = [UInt8](repeating: 0, count: algorithm.hexCount / 2)
    for change in changes {
      let text = try Self.text(of: change, in: reader)
      Self.add(ChecksumHasher.digest(of: text.span, algorithm: algorithm), to: &sum)
    }
    bytes = sum
  }

  /// Adds a digest as a number whose lowest byte comes first; what goes beyond the last is lost.
  private static func add(_ digest: Digest, to sum: inout [UInt8]) {
    var bytes: [UInt8] = []
    digest.appendHex(to: &bytes)
    var carry: UInt16 = 0
    for place in sum.indices {
      let high = Hex.value(of: bytes[2 * place]) ?? 0
      let low = Hex.value(of: bytes[2 * place + 1]) ?? 0
      carry += UInt16(sum[place]) + UInt16(high << 4 | low)
      sum[place] = UInt8(truncatingIfNeeded: carry)
      carry >>= 8
    }
  }

  /// What is hashed of a file: its patch without white space and places.
  private static func text(
    of change: TreeChange, in reader: any ObjectReader
  ) throws(PandoError) -> [UInt8] {
    let path = change.path.bytes.filter { !isSpace($0) }
    var text = Array("diff--gita/".utf8) + path + Array("b/".utf8) + path
    if change.old == nil, let new = change.new {
      text.append(text: "newfilemode\(octal(new.mode))")
    } else if change.new == nil, let old = change.old {
      text.append(text: "deletedfilemode\(octal(old.mode))")
    }
    let old = try bytes(change.old, reader)
    let new = try bytes(change.new, reader)
    if TextMerge.isBinary(old) || TextMerge.isBinary(new) {
      let none = ObjectID.null(reader.hashAlgorithm)
      text.append(text: (change.old?.id ?? none).hex + (change.new?.id ?? none).hex)
      return text
    }
    text.append(text: change.old == nil ? "---/dev/null" : "---a/")
    if change.old != nil { text += path }
    text.append(text: change.new == nil ? "+++/dev/null" : "+++b/")
    if change.new != nil { text += path }
    var options = LineDiff.Options()
    options.usesIndentation = false
    append(LineDiff(from: old, to: new, options: options), to: &text)
    return text
  }

  private static func octal(_ mode: TreeEntry.Mode) -> String {
    let digits = String(mode.bits, radix: 8)
    return String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
  }

  private static func bytes(
    _ entry: TreeEntry?, _ reader: any ObjectReader
  ) throws(PandoError) -> [UInt8] {
    guard let entry else { return [] }
    if entry.mode.isSubmodule { return Array("Subproject commit \(entry.id.hex)\n".utf8) }
    return try reader.body(of: entry.id, .blob)
  }

  private static func append(_ diff: LineDiff, to text: inout [UInt8]) {
    for hunk in diff.hunks(context: context) {
      var next = hunk.old.lowerBound
      for change in hunk.changes {
        append(diff.old, next..<change.old.lowerBound, sign: nil, to: &text)
        append(diff.old, change.old, sign: UInt8(ascii: "-"), to: &text)
        append(diff.new, change.new, sign: UInt8(ascii: "+"), to: &text)
        next = change.old.upperBound
      }
      append(diff.old, next..<hunk.old.upperBound, sign: nil, to: &text)
    }
  }

  private static func append(
    _ lines: Lines, _ range: Range<Int>, sign: UInt8?, to text: inout [UInt8]
  ) {
    for number in range {
      if let sign { text.append(sign) }
      text.append(contentsOf: lines.line(number).filter { !isSpace($0) })
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 9 || byte == 10 || byte == 13
  }
}
