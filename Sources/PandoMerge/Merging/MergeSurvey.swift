internal import PandoBytes
internal import PandoObjects

/// A directory that a merge looks into.
struct MergeDirectory {
  let trees: Versions<Tree>
  let ids: Versions<ObjectID>
  /// The tree that the merged directory begins as.
  let template: ObjectID
}

/// Goes through three trees and settles what a look settles; what it cannot settle it notes, with
/// the files that may have been renamed.
///
/// A directory that only one side changed is put off. It is taken whole when that side took away no
/// file of which it matters where it is now; otherwise its new files may be what such a file has
/// become, and it is gone through too.
struct MergeSurvey {
  private let reader: any ObjectReader
  private let findsRenames: Bool
  private(set) var contested: [ByteString: ContestedPath] = [:]
  private(set) var edits: [TreeEdit] = []
  private(set) var directories: [ByteString: MergeDirectory] = [:]
  /// What each side added and took away, in the order of trees.
  private(set) var moved = Sided<[MovedFile]>(ours: [], theirs: [])
  private(set) var interest = Sided(ours: RenameInterest(), theirs: RenameInterest())
  private var deferred = Sided<[Place]>(ours: [], theirs: [])
  private var defers = Sided(ours: true, theirs: true)
  private var frames: [Frame] = []

  /// A name with a directory.
  private struct Place {
    let path: ByteString
    let entries: Versions<FileVersion>
    let template: MergeSide
    /// The side that added files to a directory which the other took away; all, in such a
    /// directory.
    let adding: Sides
  }

  private struct Frame {
    let path: ByteString
    let names: [NamedVersions]
    let template: MergeSide
    let adding: Sides
    var position = 0
  }

  /// Goes through trees; nil is the empty one.
  static func of(
    _ trees: Versions<ObjectID>, in reader: any ObjectReader, findsRenames: Bool
  ) throws(PandoError) -> MergeSurvey {
    var survey = MergeSurvey(reader: reader, findsRenames: findsRenames)
    let entries = trees.map { FileVersion(mode: .directory, id: $0) }
    try survey.enter(Place(path: ByteString([]), entries: entries, template: .ours, adding: []))
    try survey.walk()
    for side in MergeSide.allCases { try survey.settleDeferred(side) }
    return survey
  }

  private init(reader: any ObjectReader, findsRenames: Bool) {
    self.reader = reader
    self.findsRenames = findsRenames
  }

  private mutating func settleDeferred(_ side: MergeSide) throws(PandoError) {
    defers[side] = interest[side].sources.isEmpty
    let places = deferred[side]
    deferred[side] = []
    for place in places {
      if defers[side] {
        settle(place.path, place.entries, as: place.entries[side], place.template)
      } else {
        try enter(place)
        try walk()
      }
    }
  }

  private mutating func walk() throws(PandoError) {
    while let top = frames.indices.last {
      let frame = frames[top]
      guard frame.position < frame.names.count else {
        frames.removeLast()
        continue
      }
      frames[top].position += 1
      try look(at: frame.names[frame.position], in: frame)
    }
  }

  private mutating func settle(
    _ path: ByteString, _ entries: Versions<FileVersion>, as version: FileVersion?,
    _ template: MergeSide
  ) {
    // The root is not in a tree; what it begins as is known.
    guard !path.isEmpty, version != entries[template] else { return }
    edits.append(TreeEdit(path: path, version: version))
  }

  private mutating func look(
    at named: NamedVersions, in frame: Frame
  ) throws(PandoError) {
    let entries = named.entries
    guard !named.name.bytes.contains(UInt8(ascii: "/")) else {
      throw PandoError(
        .corrupt, "a tree at '\(frame.path)' has an entry with a slash in its name: \(named.name)")
    }
    let path = frame.path.path(of: named.name)
    let files = entries.files
    let agreement = entries.agreement
    if files.present == .all, !agreement.isEmpty {
      settle(
        path, entries,
        as: agreement.contains(.ours) && agreement.contains(.base)
          ? entries.theirs : entries.ours, frame.template)
      return
    }
    let directories = entries.present.subtracting(files.present)
    var adding = frame.adding
    if adding != .all, directories == [.base, .ours] || directories == [.base, .theirs] {
      adding = directories.subtracting(.base)
    }
    if findsRenames {
      noteDirectories(directories, path, adding)
      noteFiles(files, path, agreement, directory: frame.path, adding)
    }
    guard !directories.isEmpty else {
      contested[path] = ContestedPath(files: files, agreement: agreement)
      return
    }
    let place = Place(path: path, entries: entries, template: frame.template, adding: adding)
    if adding != .all, let side = sideThatChanged(entries, files, agreement), defers[side] {
      deferred.change(side) { $0.append(place) }
    } else {
      try enter(place)
    }
  }

  /// The side that alone changed something, or that has a new directory.
  private func sideThatChanged(
    _ entries: Versions<FileVersion>, _ files: Versions<FileVersion>, _ agreement: Sides
  ) -> MergeSide? {
    if agreement == [.base, .ours] { return .theirs }
    if agreement == [.base, .theirs] { return .ours }
    return files.present.isEmpty ? entries.present.onlySide : nil
  }

  private mutating func enter(_ place: Place) throws(PandoError) {
    let ids = place.entries.map { $0.mode.isDirectory ? $0.id : nil }
    // Every step of a path has a slash behind it, but for the last.
    let depth = place.path.bytes.reduce(1) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
    guard place.path.isEmpty || depth <= Limits.treeDepth else {
      throw PandoError(
        .limitExceeded, "directories are nested deeper than \(Limits.treeDepth) levels")
    }
    let trees = try read(ids)
    let template = template(of: ids)
    let files = place.entries.files
    if !files.present.isEmpty {
      contested[place.path] = ContestedPath(
        files: files, directories: ids.present,
        agreement: place.entries.agreement.intersection(files.present))
    }
    let templateID = (template == .ours ? ids.ours : ids.theirs) ?? Tree.emptyID(algorithm)
    settle(
      place.path, place.entries, as: FileVersion(mode: .directory, id: templateID),
      place.template)
    let names = ThreeWayNames.differing(trees, algorithm)
    var adding = place.adding
    if adding.onlySide != nil, names.contains(where: { $0.entries.files.present == adding }) {
      adding = .all
    }
    directories[place.path] = MergeDirectory(trees: trees, ids: ids, template: templateID)
    frames.append(Frame(path: place.path, names: names, template: template, adding: adding))
  }

  private var algorithm: HashAlgorithm { reader.hashAlgorithm }

  /// The side whose tree needs the fewer changes.
  private func template(of ids: Versions<ObjectID>) -> MergeSide {
    guard let ours = ids.ours else { return .theirs }
    return ours == ids.base && ids.theirs != nil ? .theirs : .ours
  }

  private func read(_ ids: Versions<ObjectID>) throws(PandoError) -> Versions<Tree> {
    var trees = Versions<Tree>()
    if let id = ids.ours { trees.ours = try reader.tree(id) }
    if let id = ids.theirs { trees.theirs = id == ids.ours ? trees.ours : try reader.tree(id) }
    if let id = ids.base {
      trees.base =
        id == ids.ours ? trees.ours : id == ids.theirs ? trees.theirs : try reader.tree(id)
    }
    return trees
  }
}

// MARK: What may have been renamed

extension MergeSurvey {
  private mutating func noteDirectories(
    _ directories: Sides, _ path: ByteString, _ adding: Sides
  ) {
    guard directories.contains(.base), directories != .all else { return }
    let need = adding == .all ? RenameInterest.Need.forAncestor : .none
    for side in MergeSide.allCases where !directories.contains(side.sides) {
      interest.change(side) { $0.removedDirectories[path] = need }
    }
  }

  private mutating func noteFiles(
    _ files: Versions<FileVersion>, _ path: ByteString, _ agreement: Sides,
    directory: ByteString, _ adding: Sides
  ) {
    let present = files.present
    if adding == .all, let side = present.onlySide {
      interest.change(side.other) { $0.removedDirectories[directory] = .forItself }
    }
    guard !present.isEmpty, present != .all else { return }
    let isContested = agreement.intersection(present).isEmpty
    for side in MergeSide.allCases {
      if let base = files.base, files[side] == nil {
        if isContested || adding == .all {
          interest.change(side) { $0.sources[path] = isContested ? .content : .location }
        }
        moved.change(side) { $0.append(MovedFile(path: path, version: base, isAdded: false)) }
      } else if files.base == nil, let added = files[side] {
        moved.change(side) { $0.append(MovedFile(path: path, version: added, isAdded: true)) }
      }
    }
  }
}

/// A file that a side added or took away.
struct MovedFile {
  let path: ByteString
  let version: FileVersion
  let isAdded: Bool

  /// The same as a difference.
  var change: FileChange {
    let file = FileChange.Side(
      path: TreePath(bytes: path.bytes), mode: version.mode, id: version.id)
    return isAdded
      ? FileChange(old: nil, new: file, kind: .added)
      : FileChange(old: file, new: nil, kind: .deleted)
  }
}
