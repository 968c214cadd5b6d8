internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// What the files of one journal are called.
struct JournalNames: Hashable, Sendable {
  private static let prefix = "journal-"
  private static let ownerDigits = 16

  /// The directory that all journals of a repository are in.
  let directory: FilePath
  /// Who writes the journal: sixteen hexadecimal digits by chance.
  let owner: String

  /// The directory of journals in a Git directory.
  static func directory(in commonDirectory: FilePath) -> FilePath { commonDirectory / "pando" }

  init(in directory: FilePath, owner: String) {
    self.directory = directory
    self.owner = owner
  }

  /// Names a journal that nobody else has.
  init(in directory: FilePath, _ random: any RandomSource) {
    let digits = String(random.next(), radix: 16)
    let padding = String(repeating: "0", count: Self.ownerDigits - digits.count)
    self.init(in: directory, owner: padding + digits)
  }

  /// The file that the owner holds, and that locks of references are other names of.
  var lock: FilePath { directory / "\(Self.prefix)\(owner).lock" }

  /// What the locks of references are while commits are on their way to them.
  var mark: LockMark { LockMark(path: lock, text: text) }

  private var text: [UInt8] {
    let text = """
      pando journal \(owner)
      Commits for this reference are in the directory 'pando' of the repository. Whoever opens it
      as a Pando store publishes them, if the process that wrote them has ended.

      """
    return Array(text.utf8)
  }

  /// One of the files that have the commits.
  func segment(_ number: Int) -> FilePath { directory / "\(Self.prefix)\(owner)-\(number)" }

  /// The number of a segment of this journal; nil for another file.
  private func number(of name: String) -> Int? {
    let prefix = "\(Self.prefix)\(owner)-"
    return name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
  }

  /// The segments that there are, in their order.
  func segments(in files: any FileSystem) throws(PandoError) -> [FilePath] {
    let numbers = try Self.list(directory, in: files).compactMap { number(of: $0) }
    return numbers.sorted().map { segment($0) }
  }

  /// The journals that there are.
  static func all(in directory: FilePath, _ files: any FileSystem) throws(PandoError) -> [Self] {
    let owners = try list(directory, in: files).compactMap { name -> String? in
      guard name.hasPrefix(prefix) else { return nil }
      let owner = name.dropFirst(prefix.count).prefix { $0.isHexDigit }
      return owner.count == ownerDigits ? String(owner) : nil
    }
    return Set(owners).sorted().map { Self(in: directory, owner: $0) }
  }

  private static func list(
    _ directory: FilePath, in files: any FileSystem
  ) throws(PandoError) -> [String] {
    try PandoError.wrapping("cannot list \(directory)") { () throws(FileError) in
      try files.list(directory)?.map(\.name) ?? []
    }
  }
}
