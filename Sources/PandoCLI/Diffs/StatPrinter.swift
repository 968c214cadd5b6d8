internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// How many lines of files differ, as numbers and as a graph.
struct StatPrinter {
  /// What is counted of a file.
  private struct File {
    let change: FileChange
    let name: [UInt8]
    var added = 0
    var deleted = 0
    /// Sizes in bytes are counted instead of lines.
    var isBinary = false
  }

  private let options: DiffOptions
  private let names: DiffNames
  private let files: [File]

  /// Compares the files.
  init(
    _ changes: [FileChange], _ options: DiffOptions, _ names: DiffNames, _ content: DiffContent
  ) throws {
    self.options = options
    self.names = names
    files = try changes.compactMap { change in
      try Self.count(change, names, content)
    }
  }

  private static func count(
    _ change: FileChange, _ names: DiffNames, _ content: DiffContent
  ) throws -> File? {
    let path = change.path.bytes
    var file = File(
      change: change,
      name: change.old.flatMap { old in
        old.path == change.new?.path || change.new == nil
          ? nil : names.renamed(old.path.bytes, path)
      } ?? names.quoted(path))
    let (old, new) = (try content.bytes(change.old), try content.bytes(change.new))
    if content.isBinary(old, new) {
      file.isBinary = true
      if !change.hasSameContent { (file.added, file.deleted) = (new.count, old.count) }
      return file
    }
    if change.hasSameContent { return file }
    for part in content.shownChanges(content.lines(from: old, to: new)) {
      file.added += part.new.count
      file.deleted += part.old.count
    }
    let isNothing = file.added == 0 && file.deleted == 0
    return isNothing && change.kind == .modified && change.old?.mode == change.new?.mode
      ? nil : file
  }

  // MARK: Numbers

  func appendNumbers(to output: inout [UInt8]) {
    for file in files {
      output.append(
        text: file.isBinary ? "-\t-\t" : "\(file.added)\t\(file.deleted)\t")
      if !options.endsWithZero {
        output += file.name
        output.append(UInt8(ascii: "\n"))
        continue
      }
      if let old = file.change.old, let new = file.change.new, old.path != new.path {
        output.append(0)
        output += old.path.bytes
        output.append(0)
      }
      output += file.change.path.bytes
      output.append(0)
    }
  }

  func appendSummary(to output: inout [UInt8]) {
    guard !files.isEmpty else { return }
    let lines = files.filter { !$0.isBinary }
    let (added, deleted) = lines.reduce((0, 0)) { ($0.0 + $1.added, $0.1 + $1.deleted) }
    output.append(text: " \(files.count) file\(files.count == 1 ? "" : "s") changed")
    if added > 0 || deleted == 0 {
      output.append(text: ", \(added) insertion\(added == 1 ? "" : "s")(+)")
    }
    if deleted > 0 || added == 0 {
      output.append(text: ", \(deleted) deletion\(deleted == 1 ? "" : "s")(-)")
    }
    output.append(UInt8(ascii: "\n"))
  }

  // MARK: Graph

  /// How many columns parts of a line have.
  private struct Widths {
    var name: Int
    var number: Int
    var graph: Int
    /// The most lines of a file that differ.
    var changeMax: Int
  }

  private var shown: ArraySlice<File> {
    options.stat.count > 0 ? files.prefix(options.stat.count) : files[...]
  }

  func appendGraph(to output: inout [UInt8]) {
    guard !files.isEmpty else { return }
    let widths = widths()
    for file in shown { append(file, widths, to: &output) }
    if shown.count < files.count { output.append(text: " ...\n") }
    appendSummary(to: &output)
  }

  private func widths() -> Widths {
    let name = shown.map { DisplayWidth.columns(of: label($0)[...]) }.max() ?? 0
    let changeMax = shown.filter { !$0.isBinary }.map { $0.added + $0.deleted }.max() ?? 0
    var number = Self.digits(changeMax)
    var binary = 0
    for file in shown where file.isBinary {
      binary = max(binary, 14 + Self.digits(file.added) + Self.digits(file.deleted))
      // As long as "Bin".
      number = max(number, 3)
    }
    // Three eighths of the least width are six for the graph, the rest is for the name.
    let total = max(options.stat.columns, 16 + 6 + number)
    var graph = changeMax + 4 > binary ? changeMax : binary - 4
    let graphMax = options.stat.graph
    if graphMax > 0 { graph = min(graph, graphMax) }
    let nameMax = options.stat.name
    var nameWidth = nameMax > 0 ? min(nameMax, name) : name
    if nameWidth + number + 6 + graph > total {
      if graph > total * 3 / 8 - number - 6 { graph = max(total * 3 / 8 - number - 6, 6) }
      if graphMax > 0 { graph = min(graph, graphMax) }
      if nameWidth > total - number - 6 - graph {
        nameWidth = total - number - 6 - graph
      } else {
        graph = total - number - 6 - nameWidth
      }
    }
    return Widths(name: nameWidth, number: number, graph: graph, changeMax: changeMax)
  }

  /// A file's name, with what became of its mode where that is wanted.
  private func label(_ file: File) -> [UInt8] {
    guard options.stat.tellsModes, let comment = Self.comment(file.change) else { return file.name }
    return file.name + Array(" (\(comment))".utf8)
  }

  private static func comment(_ change: FileChange) -> String? {
    func isExecutable(_ mode: TreeEntry.Mode) -> Bool { mode.bits & 0o777 == 0o755 }
    func isPlain(_ mode: TreeEntry.Mode) -> Bool { mode.bits & 0o777 == 0o644 }
    guard let old = change.old?.mode else {
      guard let new = change.new?.mode else { return nil }
      return new.isSymbolicLink ? "new +l" : isExecutable(new) ? "new +x" : "new"
    }
    guard let new = change.new?.mode else { return "gone" }
    if old.isSymbolicLink != new.isSymbolicLink {
      return new.isSymbolicLink ? "mode +l" : "mode -l"
    }
    if isPlain(old), isExecutable(new) { return "mode +x" }
    return isExecutable(old) && isPlain(new) ? "mode -x" : nil
  }

  private static func digits(_ number: Int) -> Int { String(number).utf8.count }

  private func append(_ file: File, _ widths: Widths, to output: inout [UInt8]) {
    var name = label(file)[...]
    let columns = DisplayWidth.columns(of: name)
    var room = widths.name
    output.append(UInt8(ascii: " "))
    if columns > widths.name {
      output.append(text: "...")
      room -= 3
      name = name.dropFirst(columns - room)
      if let slash = name.firstIndex(of: UInt8(ascii: "/")) { name = name[slash...] }
    }
    output += name
    pad(max(room - DisplayWidth.columns(of: name), 0), to: &output)
    output.append(text: " | ")
    let changed = file.added + file.deleted
    let number = file.isBinary ? "Bin" : "\(changed)"
    pad(max(widths.number - number.utf8.count, 0), to: &output)
    output.append(text: number)
    if file.isBinary {
      if changed > 0 { output.append(text: " \(file.deleted) -> \(file.added) bytes") }
    } else if changed > 0 {
      let (added, deleted) = Self.graph(file.added, file.deleted, widths)
      output.append(UInt8(ascii: " "))
      output += [UInt8](repeating: UInt8(ascii: "+"), count: added)
      output += [UInt8](repeating: UInt8(ascii: "-"), count: deleted)
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func pad(_ count: Int, to output: inout [UInt8]) {
    output += [UInt8](repeating: UInt8(ascii: " "), count: count)
  }

  private static func graph(_ added: Int, _ deleted: Int, _ widths: Widths) -> (Int, Int) {
    guard widths.graph <= widths.changeMax else { return (added, deleted) }
    func scaled(_ number: Int) -> Int {
      number == 0 ? 0 : 1 + number * (widths.graph - 1) / widths.changeMax
    }
    var total = scaled(added + deleted)
    // Both are seen.
    if total < 2, added > 0, deleted > 0 { total = 2 }
    if added < deleted {
      let plus = scaled(added)
      return (plus, total - plus)
    }
    let minus = scaled(deleted)
    return (total - minus, minus)
  }
}
