internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The lines that `ls-tree` prints, also `cat-file -p` of a tree.
struct TreeListing {
  /// What a line shows.
  struct Layout: Sendable {
    enum Atom: Sendable { case mode, type, name, size, paddedSize, path }

    fileprivate let pieces: [PercentFormat<Atom>.Piece]
    /// Whether paths are quoted even in lines that end in NUL: git's way with layouts of one's own.
    fileprivate let alwaysQuotes: Bool

    private init(atoms: [Atom], separators: [String]) {
      var pieces: [PercentFormat<Atom>.Piece] = []
      for (index, atom) in atoms.enumerated() {
        pieces.append(.atom(atom))
        if index < separators.count { pieces.append(.literal(Array(separators[index].utf8))) }
      }
      self.pieces = pieces
      alwaysQuotes = false
    }

    static let standard = Layout(
      atoms: [.mode, .type, .name, .path], separators: [" ", " ", "\t"])
    static let long = Layout(
      atoms: [.mode, .type, .name, .paddedSize, .path], separators: [" ", " ", " ", "\t"])
    static let nameOnly = Layout(atoms: [.path], separators: [])
    static let objectOnly = Layout(atoms: [.name], separators: [])

    private static let known: [(text: String, layout: Layout)] = [
      ("%(objectmode) %(objecttype) %(objectname)%x09%(path)", .standard),
      ("%(objectmode) %(objecttype) %(objectname) %(objectsize:padded)%x09%(path)", .long),
      ("%(path)", .nameOnly), ("%(objectname)", .objectOnly),
    ]

    /// Reads a layout; throws git's complaint.
    init(_ text: [UInt8]) throws {
      if let known = Self.known.first(where: { text.elementsEqual($0.text.utf8) }) {
        self = known.layout
        return
      }
      alwaysQuotes = true
      do {
        pieces = try PercentFormat(text, isStrict: true, atom: Self.atom).pieces
      } catch {
        let start = "bad ls-tree format: "
        switch error {
        case .unopened(let rest):
          throw CommandFailure.fatal("\(start)element '\(rest)' does not start with '('")
        case .unclosed(let rest):
          throw CommandFailure.fatal("\(start)element '\(rest)' does not end in ')'")
        case .unknown(let name): throw CommandFailure.fatal("\(start)%(\(name))")
        }
      }
    }

    private static func atom(_ name: String) -> Atom? {
      switch name {
      case "objectmode": .mode
      case "objecttype": .type
      case "objectname": .name
      case "objectsize": .size
      case "objectsize:padded": .paddedSize
      case "path": .path
      default: nil
      }
    }
  }

  let layout: Layout
  /// Whether bytes above 127 are quoted in paths.
  let quotesHighBytes: Bool
  let objects: any ObjectReader
  /// The directory that paths are shown relative to, with a slash at its end; empty for the root.
  var prefix: [UInt8] = []
  var isRecursive = false
  var showsTrees = false
  var showsOnlyTrees = false
  var endsWithZero = false
  /// What is listed: paths from the root, all when there are none. A slash at the end asks for what
  /// is inside of a directory.
  var paths: [[UInt8]] = []
  /// The short form of a name, when names are to be short.
  var abbreviate: ((ObjectID) throws -> String)?

  init(layout: Layout, quotesHighBytes: Bool, objects: any ObjectReader) {
    self.layout = layout
    self.quotesHighBytes = quotesHighBytes
    self.objects = objects
  }

  private struct Level {
    let tree: Tree
    var next = 0
    let pathCount: Int
  }

  /// Writes the lines of a tree, and of those below it that the options open.
  func write(_ id: ObjectID, to output: any ByteOutput) throws {
    // A stack in place of recursion: depth is the data's choice.
    var levels = [Level(tree: try objects.tree(id), pathCount: 0)]
    var path: [UInt8] = []
    var line: [UInt8] = []
    while var level = levels.popLast() {
      guard level.next < level.tree.count else { continue }
      let position = level.next
      level.next += 1
      levels.append(level)
      path.removeLast(path.count - level.pathCount)
      level.tree.withName(at: position) { path.append(copying: $0) }
      let mode = level.tree.mode(at: position).canonical
      guard isWanted(path, mode) else { continue }
      let child = level.tree.id(at: position)
      let isOpened = mode.isDirectory && opens(path, below: level.pathCount)
      if isOpened ? showsTrees : mode.kind != .blob || !showsOnlyTrees {
        line.removeAll(keepingCapacity: true)
        try append(mode, child, path, to: &line)
        try output.write(line)
      }
      guard isOpened else { continue }
      guard levels.count <= Limits.treeDepth else {
        throw PandoError(
          .limitExceeded, "tree \(id) is deeper than \(Limits.treeDepth) directories")
      }
      path.append(UInt8(ascii: "/"))
      levels.append(Level(tree: try objects.tree(child), pathCount: path.count))
    }
  }

  // MARK: Selection

  /// Whether an entry is asked for, lies in a directory that is, or leads to a path that is.
  private func isWanted(_ path: [UInt8], _ mode: TreeEntry.Mode) -> Bool {
    if paths.isEmpty { return true }
    let canLead = mode.isDirectory || mode.isSubmodule
    return paths.contains { wanted in
      if wanted.isEmpty { return true }
      if Self.isInside(path, wanted) { return true }
      guard wanted.starts(with: path) else { return false }
      if wanted.count == path.count { return true }
      return canLead && wanted[path.count] == UInt8(ascii: "/")
        && (mode.isDirectory || wanted.count == path.count + 1)
    }
  }

  /// Whether a path lies below a directory, which may end in a slash.
  private static func isInside(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
    guard path.starts(with: directory) else { return false }
    if directory.last == UInt8(ascii: "/") { return path.count > directory.count }
    return path.count > directory.count && path[directory.count] == UInt8(ascii: "/")
  }

  /// Whether a directory is gone into: always when recursive, else to reach a path below it.
  private func opens(_ path: [UInt8], below baseCount: Int) -> Bool {
    isRecursive
      || paths.contains { wanted in
        wanted.count > path.count && wanted.starts(with: path)
          && wanted[path.count] == UInt8(ascii: "/")
      }
  }

  // MARK: Lines

  private func append(
    _ mode: TreeEntry.Mode, _ id: ObjectID, _ path: [UInt8], to line: inout [UInt8]
  ) throws {
    for piece in layout.pieces {
      switch piece {
      case .literal(let bytes): line.append(contentsOf: bytes)
      case .atom(.mode): Self.append(mode, to: &line)
      case .atom(.type): line.append(text: mode.kind.name)
      case .atom(.name):
        if let abbreviate {
          line.append(text: try abbreviate(id))
        } else {
          id.digest.appendHex(to: &line)
        }
      case .atom(.size): line.append(text: try size(mode, id))
      case .atom(.paddedSize):
        let size = try size(mode, id)
        for _ in size.utf8.count..<max(7, size.utf8.count) { line.append(UInt8(ascii: " ")) }
        line.append(text: size)
      case .atom(.path):
        let shown = prefix.isEmpty ? path : RelativePath.from(prefix, to: path)
        if endsWithZero, !layout.alwaysQuotes {
          line.append(contentsOf: shown)
        } else {
          PathQuoting.append(shown, quotesHighBytes: quotesHighBytes, to: &line)
        }
      }
    }
    line.append(endsWithZero ? 0 : UInt8(ascii: "\n"))
  }

  /// Six octal digits.
  private static func append(_ mode: TreeEntry.Mode, to line: inout [UInt8]) {
    for shift in stride(from: UInt32(15), through: 0, by: -3) {
      line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: mode.bits >> shift & 7))
    }
  }

  private func size(_ mode: TreeEntry.Mode, _ id: ObjectID) throws -> String {
    guard mode.kind == .blob else { return "-" }
    guard let header = try objects.header(of: id) else { return "BAD" }
    return String(header.size)
  }
}
