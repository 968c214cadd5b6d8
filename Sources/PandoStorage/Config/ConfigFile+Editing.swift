public import PandoBytes
public import PandoFiles
public import PandoObjects

extension ConfigFile {
  /// Gives a name one value: its last line is replaced, its other lines go; a new line goes to the
  /// end of the last section of that name, which is made when there is none.
  ///
  /// The line's own comment goes with it, all others stay. O(n). Throws `.invalidInput` for a value
  /// that no file can hold, which is one with a zero byte.
  public mutating func set(_ name: ConfigName, to value: ByteString) throws(PandoError) {
    guard let last = entries.lastIndex(where: { $0.name == name }) else {
      return try add(name, value)
    }
    let line = try Self.line(name, value)
    var edits = entries.indices.filter { entries[$0].name == name && $0 != last }
      .map { removal(of: entries[$0]) }
    edits.append((lineRange(entries[last]), lineBreak(before: entries[last]) + line))
    try replace(edits)
  }

  /// Adds a value beside those that a name has. O(n).
  public mutating func add(_ name: ConfigName, _ value: ByteString) throws(PandoError) {
    var line = try Self.line(name, value)
    guard let section = sections.lastIndex(where: { $0.name == name.sectionName }) else {
      let text = lastLineEnd + Self.header(name) + line
      return try replace([(bytes.count..<bytes.count, text)])
    }
    let last = entries.last { $0.section == section }
    var position = last?.range.upperBound ?? sections[section].header.upperBound
    if last == nil {
      // The rest of the header's line is a comment or nothing, unless an entry follows on it.
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let next = min(end + 1, bytes.count)
      // Another section may open on the same line; what follows that line is its.
      if self.end(ofSection: section) >= next { position = next }
    }
    line =
      (position == bytes.count ? lastLineEnd : Self.lineBreak(after: bytes[..<position])) + line
    try replace([(position..<position, line)])
  }

  /// Removes all values of a name, and sections that have nothing left; returns how many values
  /// there were. O(n).
  @discardableResult
  public mutating func unset(_ name: ConfigName) -> Int { unset { $0.name == name } }

  /// Removes the values that `matches` picks, and sections that have nothing left; returns how many
  /// there were. O(n).
  @discardableResult
  public mutating func unset(where matches: (Entry) -> Bool) -> Int {
    let doomed = entries.indices.filter { matches(entries[$0]) }
    if doomed.isEmpty { return 0 }
    var edits = doomed.map { removal(of: entries[$0]) }
    for section in Set(doomed.compactMap { entries[$0].section }) {
      guard let range = emptiedSection(section, without: Set(doomed)) else { continue }
      edits.removeAll { range.contains($0.range.lowerBound) }
      edits.append((range, []))
    }
    // Removing lines from a file that parsed leaves one that parses.
    try? replace(edits)
    return doomed.count
  }

  /// Removes all sections of a name (`core`, `remote.origin`) with all that is in them; returns how
  /// many there were. O(n).
  @discardableResult
  public mutating func removeSections(named name: ByteString) -> Int {
    let doomed = sections.indices.filter { sections[$0].name == name.bytes }
    try? replace(doomed.map { (sections[$0].header.lowerBound..<end(ofSection: $0), []) })
    return doomed.count
  }

  /// Gives all sections of a name another one; returns how many there were. O(n).
  @discardableResult
  public mutating func renameSections(_ name: ByteString, to new: ByteString) -> Int {
    let found = sections.indices.filter { sections[$0].name == name.bytes }
    let header = Self.header(section: new.bytes)
    let edits = found.map { index -> Edit in
      // What follows on the header's line gets a line of its own.
      let start = sections[index].header.upperBound
      let end = bytes[start...].firstIndex { $0 == 10 || !$0.isSpace } ?? bytes.count
      let follows = end < bytes.count && bytes[end] != 10
      let rest: [UInt8] = follows ? [10, 9] : end == bytes.count ? [10] : []
      return (sections[index].header.lowerBound..<end, header + rest)
    }
    try? replace(edits)
    return found.count
  }

  /// Puts a copy of all sections of a name, with another one, behind each; returns how many there
  /// were. O(n).
  @discardableResult
  public mutating func copySections(
    _ name: ByteString, to new: ByteString
  ) throws(PandoError) -> Int {
    let found = sections.indices.filter { sections[$0].name == name.bytes }
    let header = Self.header(section: new.bytes)
    try replace(
      found.map { index in
        let end = end(ofSection: index)
        let body = bytes[sections[index].header.upperBound..<end]
        return (end..<end, Self.lineBreak(after: bytes[..<end]) + header + body)
      })
    return found.count
  }

  // MARK: Places

  private typealias Edit = (range: Range<Int>, text: [UInt8])

  /// From the blanks before an entry to its end.
  private func lineRange(_ entry: Entry) -> Range<Int> {
    var start = entry.range.lowerBound
    while start > 0, bytes[start - 1] == 32 || bytes[start - 1] == 9 { start -= 1 }
    return start..<entry.range.upperBound
  }

  /// What must stand before an entry that gets a line of its own.
  private func lineBreak(before entry: Entry) -> [UInt8] {
    let start = lineRange(entry).lowerBound
    return Self.lineBreak(after: bytes[..<start])
  }

  private static func lineBreak(after text: some BidirectionalCollection<UInt8>) -> [UInt8] {
    text.last ?? UInt8(ascii: "\n") == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]
  }

  private func removal(of entry: Entry) -> Edit {
    // An entry on its header's line leaves the line's end there.
    (lineRange(entry), lineBreak(before: entry))
  }

  private func end(ofSection index: Int) -> Int {
    index + 1 < sections.count ? sections[index + 1].header.lowerBound : bytes.count
  }

  /// The whole of a section that has neither other entries nor comments, in it or right before it.
  private func emptiedSection(_ index: Int, without doomed: Set<Int>) -> Range<Int>? {
    let header = sections[index].header
    let end = end(ofSection: index)
    var position = header.upperBound
    for (entry, value) in entries.enumerated() where value.section == index {
      guard doomed.contains(entry), isBlank(position..<value.range.lowerBound) else { return nil }
      position = value.range.upperBound
    }
    guard isBlank(position..<end), !hasComment(before: header.lowerBound) else { return nil }
    return header.lowerBound..<end
  }

  private func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy(\.isSpace) }

  /// Whether the nearest line above with anything in it is a comment.
  private func hasComment(before position: Int) -> Bool {
    let previous = entries.last { $0.range.upperBound <= position }?.range.upperBound ?? 0
    let header = sections.last { $0.header.upperBound <= position }?.header.upperBound ?? 0
    return !isBlank(max(previous, header)..<position)
  }

  /// Applies edits that do not overlap, and reads the result.
  private mutating func replace(_ edits: [Edit]) throws(PandoError) {
    var result: [UInt8] = []
    var position = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
    where edit.range.lowerBound >= position {
      result.append(contentsOf: bytes[position..<edit.range.lowerBound])
      result.append(contentsOf: edit.text)
      position = edit.range.upperBound
    }
    result.append(contentsOf: bytes[position...])
    do throws(Failure) { self = try Self.parse(result) } catch {
      throw PandoError(
        .corrupt, "the edited configuration cannot be read",
        cause: ParseError("config", error.reason, at: error.offset))
    }
  }
}

// MARK: Writing

extension ConfigFile {
  private static func line(
    _ name: ConfigName, _ value: ByteString
  ) throws(PandoError) -> [UInt8] {
    guard !value.bytes.contains(0) else {
      throw PandoError(.invalidInput, "the value for '\(name)' has a zero byte")
    }
    return [9] + name.key.bytes + Array(" = ".utf8) + quoted(value.bytes) + [10]
  }

  /// A value as a file has it: the parser gives back exactly these bytes.
  static func quoted(_ value: [UInt8]) -> [UInt8] {
    // A parser takes space at the ends, comments and carriage returns away.
    let needsQuotes =
      value.first == 32 || value.last == 32
      || value.contains { ";#\r".utf8.contains($0) }
    var text: [UInt8] = needsQuotes ? [UInt8(ascii: "\"")] : []
    for byte in value {
      switch byte {
      case 10: text.append(text: "\\n")
      case 9: text.append(text: "\\t")
      case 8: text.append(text: "\\b")
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        text.append(UInt8(ascii: "\\"))
        text.append(byte)
      default: text.append(byte)
      }
    }
    if needsQuotes { text.append(UInt8(ascii: "\"")) }
    return text
  }

  private static func header(_ name: ConfigName) -> [UInt8] {
    header(section: name.sectionName) + [10]
  }

  private static func header(section name: [UInt8]) -> [UInt8] {
    guard let dot = name.firstIndex(of: UInt8(ascii: ".")) else {
      return [UInt8(ascii: "[")] + name + [UInt8(ascii: "]")]
    }
    var text = [UInt8(ascii: "[")] + name[..<dot] + Array(" \"".utf8)
    for byte in name[(dot + 1)...] {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        text.append(UInt8(ascii: "\\"))
      }
      text.append(byte)
    }
    return text + Array("\"]".utf8)
  }

  /// Changes a file on a disk under its lock, following symbolic links as Git does; a missing file
  /// is made. Throws `.locked` when somebody else changes it.
  public static func update(
    _ path: FilePath, in fileSystem: any FileSystem, durability: Durability,
    _ change: (inout ConfigFile) throws(PandoError) -> Void
  ) throws(PandoError) {
    let target = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try fileSystem.followingLinks(path)
    }
    let lock: LockFile
    do throws(FileError) { lock = try LockFile.acquire(target, in: fileSystem) } catch {
      throw PandoError(
        ReferenceProblem.lockCode(error), "could not lock config file \(path): \(error.reason)")
    }
    let status = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try fileSystem.status(of: target, followingLinks: true)
    }
    let bytes = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
      try fileSystem.contents(of: target, limit: bytesMax)
    }
    var file = try ConfigFile.parse(bytes ?? [], of: path)
    try change(&file)
    do throws(FileError) {
      try lock.write(file.bytes)
      if let status {
        try fileSystem.setPermissions(of: lock.lockPath, to: status.permissions & 0o777)
      }
      try lock.commit(durability)
    } catch {
      throw .file("could not write config file \(path)", error)
    }
  }
}
