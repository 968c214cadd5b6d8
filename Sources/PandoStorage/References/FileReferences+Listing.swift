internal import PandoBytes
internal import PandoFiles
public import PandoObjects

extension FileReferences {
  /// A reference's file that cannot be understood.
  public struct Broken: Sendable {
    /// The reference's name.
    public let name: ReferenceName
    /// What is wrong with it.
    public let error: PandoError
  }

  /// All references whose full name begins with `prefix`, in name order; those whose file is broken
  /// are left out, see ``scan(prefix:)``.
  ///
  /// Costs one directory listing for each directory and four system calls for each file below the
  /// directory that `prefix` names, and memory for what is found.
  public func references(withPrefix prefix: String) throws(PandoError) -> [Reference] {
    try scan(prefix: prefix).references
  }

  /// All references whose full name begins with `prefix`, and those that are broken: what gives
  /// objects up must refuse to work while one of these is there.
  public func scan(
    prefix: String
  ) throws(PandoError) -> (references: [Reference], broken: [Broken]) {
    // All files before the packed ones: a reference that is packed meanwhile is seen there.
    var (loose, broken) = try looseReferences(prefix)
    loose.sort { $0.name < $1.name }
    broken.sort { $0.name < $1.name }
    let packed = try packedReferences()
    var merged: [Reference] = []
    merged.reserveCapacity(loose.count)
    var next = 0
    let brokenNames = Set(broken.map(\.name))
    try parsingPacked { () throws(ParseError) in
      try packed.forEach(prefix: Array(prefix.utf8)) { record in
        let name = ByteString(Array(packed.bytes[record.name]))
        guard let name = ReferenceName(name), paths.isPackable(name) else { return }
        while next < loose.count, loose[next].name < name {
          merged.append(loose[next])
          next += 1
        }
        if next < loose.count, loose[next].name == name { return }
        if brokenNames.contains(name) { return }
        merged.append(
          Reference(name: name, target: .direct(record.id), peeled: record.peeled))
      }
    }
    merged.append(contentsOf: loose[next...])
    return (merged, broken)
  }

  func looseReferences(
    _ prefix: String
  ) throws(PandoError) -> (references: [Reference], broken: [Broken]) {
    var found: [Reference] = []
    var broken: [Broken] = []
    for root in roots(prefix) {
      var pending = [root.name]
      while let directory = pending.popLast() {
        let path = root.directory.appending(directory)
        let entries = try PandoError.wrapping("cannot list \(path)") { () throws(FileError) in
          try fileSystem.list(path)
        }
        for entry in entries ?? [] {
          // Names that are not UTF-8 are read one by one, as `read` finds them by their bytes.
          let bytes = Array("\(directory)/".utf8) + entry.nameBytes
          let kind = try kind(of: entry, path)
          if kind == .directory {
            let name = String(decoding: bytes, as: UTF8.self)
            let leads = prefix.hasPrefix(name + "/") || (name + "/").hasPrefix(prefix)
            if leads, !root.excluded.contains(name + "/") { pending.append(name) }
          } else if bytes.starts(with: prefix.utf8), let name = ReferenceName(ByteString(bytes)) {
            let file = path.appending(bytes: entry.nameBytes)
            do throws(PandoError) {
              guard let target = try readLoose(name, file, kind: kind) else { continue }
              found.append(Reference(name: name, target: target))
            } catch  where error.code == .corrupt {
              broken.append(Broken(name: name, error: error))
            }
          }
        }
      }
    }
    return (found, broken)
  }

  /// What an entry of a directory is, which not every disk tells with its name.
  func kind(
    of entry: DirectoryEntry, _ directory: FilePath
  ) throws(PandoError) -> FileStatus.Kind? {
    if let kind = entry.kind { return kind }
    let path = directory.appending(bytes: entry.nameBytes)
    return try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try fileSystem.status(of: path, followingLinks: false)?.kind
    }
  }

  /// The directories to walk for `prefix`, and what to leave out there.
  private func roots(
    _ prefix: String
  ) -> [(directory: FilePath, name: String, excluded: [String])] {
    var start = "refs"
    if prefix.hasPrefix("refs/"), let slash = prefix.lastIndex(of: "/") {
      start = String(prefix[..<slash])
    } else if !"refs/".hasPrefix(prefix) {
      return []
    }
    guard paths.isLinked else { return [(paths.commonDirectory, start, [])] }
    let own = ReferencePaths.worktreePrefixes
    if own.contains(where: { (start + "/").hasPrefix($0) }) {
      return [(paths.gitDirectory, start, [])]
    }
    var roots = [(directory: paths.commonDirectory, name: start, excluded: own)]
    if start == "refs" {
      for name in own { roots.append((paths.gitDirectory, String(name.dropLast()), [])) }
    }
    return roots
  }
}
