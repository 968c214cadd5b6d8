internal import PandoBytes
internal import PandoObjects

/// Where directories have gone, and what that means for files which the other side put into them.
struct DirectoryRenames {
  /// For each directory that a side renamed, where it is now.
  private(set) var places = Sided<[ByteString: ByteString]>(ours: [:], theirs: [:])
  /// The paths to which files of one side would move, and which those are.
  private var arrivals = Sided<[ByteString: [ByteString]]>(ours: [:], theirs: [:])
  private var reported = Set<ByteString>()

  /// Directories that went to two places with equal shares.
  private(set) var split = Sided<[ByteString]>(ours: [], theirs: [])

  /// Takes the place where most files of a directory went, for each side.
  init(_ moves: Sided<[ByteString: [ByteString: Int]]>) {
    for side in MergeSide.allCases {
      var (found, undecided): ([ByteString: ByteString], [ByteString]) = ([:], [])
      for (directory, counts) in moves[side] {
        guard let most = counts.values.max(), most > 0 else { continue }
        let best = counts.filter { $0.value == most }
        if best.count > 1 {
          undecided.append(directory)
        } else {
          found[directory] = best.first?.key
        }
      }
      places[side] = found
      split[side] = undecided.sorted()
    }
    // What both sides renamed is a matter of the files.
    for directory in places.ours.keys where places.theirs[directory] != nil {
      places.ours[directory] = nil
      places.theirs[directory] = nil
    }
  }

  /// Whether no file has to follow a directory.
  var isEmpty: Bool { places.ours.isEmpty && places.theirs.isEmpty }

  /// Notes where the new files of a side would go.
  mutating func expect(_ files: [ByteString], of side: MergeSide) {
    guard !places[side.other].isEmpty else { return }
    for path in files {
      guard let renamed = renamed(path, by: side.other) else { continue }
      arrivals.change(side) { $0[renamed.to, default: []].append(path) }
    }
  }

  /// The innermost directory around `path` that a side renamed, where it is, and where `path` is
  /// then.
  func renamed(
    _ path: ByteString, by side: MergeSide
  ) -> (directory: ByteString, place: ByteString, to: ByteString)? {
    var directory = path
    while !directory.isEmpty {
      directory = directory.directory
      guard let place = places[side][directory] else { continue }
      let rest = Array(path.bytes[(directory.isEmpty ? 0 : directory.count + 1)...])
      return (directory, place, place.path(of: ByteString(rest)))
    }
    return nil
  }

  /// Which files of a side would go to `path`.
  func arrivals(of side: MergeSide, at path: ByteString) -> [ByteString] {
    arrivals[side][path] ?? []
  }

  /// Whether it is the first time that somebody asks for this.
  mutating func isFirstReport(of path: ByteString) -> Bool { reported.insert(path).inserted }
}

extension TreeMerge {
  /// The new path of a file that a side put where the other side renamed the directory; nil where
  /// it stays.
  mutating func newPath(
    of path: ByteString, on side: MergeSide, _ renames: inout DirectoryRenames
  ) -> ByteString? {
    guard renames.arrivals(of: side.other, at: path).isEmpty,
      let found = renames.renamed(path, by: side.other)
    else { return nil }
    if renames.places[side][found.place] != nil {
      // A file must not follow a directory into one that its own side renamed.
      tell(
        .directoryRenameSkipped, [found.directory, path, found.place],
        """
        WARNING: Avoiding applying \(found.directory) -> \(found.place) rename to \(path), \
        because \(found.place) itself was renamed.
        """)
      return nil
    }
    var arriving = renames.arrivals(of: side, at: found.to)
    let isInWay = isOccupied(found.to, by: side)
    guard isInWay || arriving.count > 1 else { return found.to }
    guard renames.isFirstReport(of: found.to) else { return nil }
    arriving.sort()
    let list = ByteString(Array(arriving.map(\.bytes).joined(separator: Array(", ".utf8))))
    if isInWay {
      tell(
        .directoryRenameInWay, [found.to] + arriving,
        """
        CONFLICT (implicit dir rename): Existing file/dir at \(found.to) in the way of implicit \
        directory rename(s) putting the following path(s) there: \(list).
        """)
    } else {
      tell(
        .directoryRenameCollision, [found.to] + arriving,
        """
        CONFLICT (implicit dir rename): Cannot map more than one path to \(found.to); implicit \
        directory renames tried to put these paths there: \(list)
        """)
    }
    add(.implicitRename, at: found.to, from: found.to, Versions())
    return nil
  }

  private func isOccupied(_ path: ByteString, by side: MergeSide) -> Bool {
    if let state = contested[path] {
      return state.files[side] != nil || state.directories.contains(side.sides)
    }
    return directories[path.directory]?.trees[side]?.position(of: path.lastName) != nil
  }

  /// Puts a file, which a side added or renamed, where the other side's directory is now.
  mutating func move(_ file: inout FileChange, to path: ByteString, on side: MergeSide) {
    let old = ByteString(file.path.bytes)
    guard let version = contested[old]?.files[side] else { return }
    contested[old] = ContestedPath(isGone: true)
    var target = contested[path] ?? uncontested(path)
    if target.isGone { target = uncontested(path) }
    target.files[side] = version
    target.names[side] = old
    if options.renamedDirectories == .conflict { target.pathConflict = .fileLocation }
    contested[path] = target
    tellOfMove(file, from: old, to: path, side)
    file.new?.path = TreePath(bytes: path.bytes)
  }

  /// A path to which nobody has looked; a directory may have its name.
  private func uncontested(_ path: ByteString) -> ContestedPath {
    var state = ContestedPath()
    if let directory = directories[path] { state.directories = directory.ids.present }
    return state
  }

  private mutating func tellOfMove(
    _ file: FileChange, from old: ByteString, to path: ByteString, _ side: MergeSide
  ) {
    let (here, there) = (label(of: side), label(of: side.other))
    let source = file.old.map { ByteString($0.path.bytes) }
    let what: ByteString =
      source.map {
        "\($0) renamed to \(old) in \(here), inside a directory that was renamed in \(there)"
      }
      ?? "\(old) added in \(here) inside a directory that was renamed in \(there)"
    if options.renamedDirectories == .followed {
      tell(
        .directoryRenameApplied, [path, old], "Path updated: \(what); moving it to \(path).")
    } else {
      tell(
        .directoryRenameSuggested, [path, old],
        "CONFLICT (file location): \(what), suggesting it should perhaps be moved to \(path).")
    }
  }
}
