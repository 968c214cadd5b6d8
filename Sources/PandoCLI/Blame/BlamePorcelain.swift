internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// Prints for programs: `--porcelain`, `--line-porcelain`, `--incremental`. Source: git-blame, "The
/// porcelain format".
struct BlamePorcelain {
  /// Whether everything is told for each line.
  let isForEachLine: Bool
  let quotesHighBytes: Bool
  var commits: BlamedCommits
  private var told = Set<ObjectID>()

  init(_ commits: BlamedCommits, isForEachLine: Bool, quotesHighBytes: Bool) {
    self.commits = commits
    self.isForEachLine = isForEachLine
    self.quotesHighBytes = quotesHighBytes
  }

  /// Lines as they were found, without what they say.
  mutating func appendFound(_ lines: BlamedLines, to output: inout [UInt8]) throws {
    appendNumbers(lines, 0, count: lines.lines.count, to: &output)
    try appendDetails(lines, to: &output)
    appendPaths(lines, to: &output)
  }

  /// All lines and what they say.
  mutating func append(
    _ all: [BlamedLines], of text: Lines, to output: inout [UInt8]
  ) throws {
    var paths: [ObjectID: Set<TreePath>] = [:]
    for lines in all { paths[lines.origin.commit, default: []].insert(lines.origin.path) }
    for lines in all {
      let hasPaths = (paths[lines.origin.commit]?.count ?? 0) > 1
      for offset in 0..<lines.lines.count {
        appendNumbers(
          lines, offset, count: offset == 0 ? lines.lines.count : nil, to: &output)
        if offset == 0 || isForEachLine {
          if try appendDetails(lines, to: &output) || hasPaths { appendPaths(lines, to: &output) }
        }
        output.append(UInt8(ascii: "\t"))
        output += text.line(lines.lines.lowerBound + offset)
      }
      if output.last != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
    }
  }

  private func appendNumbers(
    _ lines: BlamedLines, _ offset: Int, count: Int?, to output: inout [UInt8]
  ) {
    output.append(text: lines.origin.commit.hex)
    output.append(
      text: " \(lines.firstOriginalLine + offset + 1) \(lines.lines.lowerBound + offset + 1)")
    if let count { output.append(text: " \(count)") }
    output.append(UInt8(ascii: "\n"))
  }

  /// What is told of a commit once, or always; whether it was.
  @discardableResult
  private mutating func appendDetails(
    _ lines: BlamedLines, to output: inout [UInt8]
  ) throws -> Bool {
    let commit = lines.origin.commit
    guard told.insert(commit).inserted || isForEachLine else { return false }
    let details = try commits.details(commit)
    for (title, person) in [("author", details.author), ("committer", details.committer)] {
      for (suffix, value) in [
        ("", person.name), ("-mail", person.email), ("-time", person.seconds), ("-tz", person.zone),
      ] {
        output.append(text: "\(title)\(suffix) ")
        output += value
        output.append(UInt8(ascii: "\n"))
      }
    }
    output.append(text: "summary ")
    output += details.summary
    output.append(text: lines.isBoundary ? "\nboundary\n" : "\n")
    return true
  }

  private func appendPaths(_ lines: BlamedLines, to output: inout [UInt8]) {
    if let previous = lines.previous {
      output.append(text: "previous \(previous.commit.hex) ")
      appendName(previous.path, to: &output)
    }
    output.append(text: "filename ")
    appendName(lines.origin.path, to: &output)
  }

  private func appendName(_ path: TreePath, to output: inout [UInt8]) {
    PathQuoting.append(path.bytes, quotesHighBytes: quotesHighBytes, to: &output)
    output.append(UInt8(ascii: "\n"))
  }
}
