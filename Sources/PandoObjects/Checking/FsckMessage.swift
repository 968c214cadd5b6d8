/// How bad what a check has found is.
public enum FsckSeverity: String, Hashable, Sendable, CaseIterable {
  /// An error that no policy turns into less.
  case fatal
  /// The object is refused.
  case error
  /// The object is odd; an error under a strict policy.
  case warning = "warn"
  /// The object is odd, and stays so under a strict policy.
  case info
  /// Not told at all.
  case ignore
}

/// What `git fsck` can find in an object. Source: git-fsck, "FSCK MESSAGES", as of Git 2.39.
public enum FsckMessage {
  /// The name of one finding, as settings such as `fsck.missingEmail` have it.
  public struct ID: Hashable, Sendable, CustomStringConvertible {
    /// Git's name.
    public let name: String
    /// What the finding is where no setting says otherwise.
    public let defaultSeverity: FsckSeverity

    private init(_ name: String, _ severity: FsckSeverity) {
      self.name = name
      defaultSeverity = severity
    }

    /// The finding of that name, in either case; nil when there is none.
    public init?(name: some StringProtocol) {
      guard let found = Self.byName[name.lowercased()] else { return nil }
      self = found
    }

    public var description: String { name }
    public static func == (a: ID, b: ID) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    private static let byName = [String: ID](
      uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })
  }
}

// MARK: Headers of commits and tags

extension FsckMessage.ID {
  /// A zero byte in a header.
  public static let nulInHeader = Self("nulInHeader", .fatal)
  /// Headers that no line end closes.
  public static let unterminatedHeader = Self("unterminatedHeader", .fatal)
  /// A commit without a tree line.
  public static let missingTree = Self("missingTree", .error)
  /// A tree line without an object's name.
  public static let badTreeSHA1 = Self("badTreeSha1", .error)
  /// A parent line without an object's name.
  public static let badParentSHA1 = Self("badParentSha1", .error)
  /// A commit without an author.
  public static let missingAuthor = Self("missingAuthor", .error)
  /// A commit with two author lines.
  public static let multipleAuthors = Self("multipleAuthors", .error)
  /// A commit without a committer.
  public static let missingCommitter = Self("missingCommitter", .error)
  /// A zero byte in a commit.
  public static let nulInCommit = Self("nulInCommit", .warning)
  /// A tag without an object line.
  public static let missingObject = Self("missingObject", .error)
  /// An object line without an object's name.
  public static let badObjectSHA1 = Self("badObjectSha1", .error)
  /// A tag without a type line.
  public static let missingTypeEntry = Self("missingTypeEntry", .error)
  /// A type line without an end.
  public static let missingType = Self("missingType", .error)
  /// A type that does not exist.
  public static let badType = Self("badType", .error)
  /// A tag without a tag line.
  public static let missingTagEntry = Self("missingTagEntry", .error)
  /// A tag line without an end.
  public static let missingTag = Self("missingTag", .error)
  /// A tag's name that no reference may have.
  public static let badTagName = Self("badTagName", .info)
  /// A tag without a tagger.
  public static let missingTaggerEntry = Self("missingTaggerEntry", .info)
  /// A header behind the tagger.
  public static let extraHeaderEntry = Self("extraHeaderEntry", .ignore)
  /// An object of none of the four kinds.
  public static let unknownType = Self("unknownType", .error)
}

// MARK: Authors, committers, taggers

extension FsckMessage.ID {
  /// A line that begins with the address.
  public static let missingNameBeforeEmail = Self("missingNameBeforeEmail", .error)
  /// A name with `>` in it.
  public static let badName = Self("badName", .error)
  /// A line without an address.
  public static let missingEmail = Self("missingEmail", .error)
  /// A name that the address follows at once.
  public static let missingSpaceBeforeEmail = Self("missingSpaceBeforeEmail", .error)
  /// An address that does not end in `>`.
  public static let badEmail = Self("badEmail", .error)
  /// An address that the date follows at once.
  public static let missingSpaceBeforeDate = Self("missingSpaceBeforeDate", .error)
  /// A date with a zero in front.
  public static let zeroPaddedDate = Self("zeroPaddedDate", .error)
  /// A date beyond 63 bits.
  public static let badDateOverflow = Self("badDateOverflow", .error)
  /// A date that is no number.
  public static let badDate = Self("badDate", .error)
  /// A time zone that is no sign and four digits.
  public static let badTimezone = Self("badTimezone", .error)
}

// MARK: Trees

extension FsckMessage.ID {
  /// A tree whose entries cannot be read.
  public static let badTree = Self("badTree", .error)
  /// An entry that names the null object.
  public static let nullSHA1 = Self("nullSha1", .warning)
  /// A name with a slash.
  public static let fullPathname = Self("fullPathname", .warning)
  /// An empty name.
  public static let emptyName = Self("emptyName", .warning)
  /// The name `.`.
  public static let hasDot = Self("hasDot", .warning)
  /// The name `..`.
  public static let hasDotdot = Self("hasDotdot", .warning)
  /// A spelling of `.git`.
  public static let hasDotgit = Self("hasDotgit", .warning)
  /// A mode with a zero in front.
  public static let zeroPaddedFilemode = Self("zeroPaddedFilemode", .warning)
  /// A mode that Git does not write.
  public static let badFilemode = Self("badFilemode", .info)
  /// Two entries of one name.
  public static let duplicateEntries = Self("duplicateEntries", .error)
  /// Entries out of order.
  public static let treeNotSorted = Self("treeNotSorted", .error)
  /// A symbolic link named `.gitmodules`.
  public static let gitmodulesSymlink = Self("gitmodulesSymlink", .error)
  /// A symbolic link named `.gitattributes`.
  public static let gitattributesSymlink = Self("gitattributesSymlink", .info)
  /// A symbolic link named `.gitignore`.
  public static let gitignoreSymlink = Self("gitignoreSymlink", .info)
  /// A symbolic link named `.mailmap`.
  public static let mailmapSymlink = Self("mailmapSymlink", .info)
}

// MARK: Files that Git reads

extension FsckMessage.ID {
  /// A `.gitmodules` that is not there.
  public static let gitmodulesMissing = Self("gitmodulesMissing", .error)
  /// A `.gitmodules` that is no blob.
  public static let gitmodulesBlob = Self("gitmodulesBlob", .error)
  /// A `.gitmodules` that is too large to be read.
  public static let gitmodulesLarge = Self("gitmodulesLarge", .error)
  /// A `.gitmodules` that is no configuration file.
  public static let gitmodulesParse = Self("gitmodulesParse", .info)
  /// A submodule's name that leads out of its directory.
  public static let gitmodulesName = Self("gitmodulesName", .error)
  /// A submodule's URL that programs take for something else.
  public static let gitmodulesURL = Self("gitmodulesUrl", .error)
  /// A submodule's path that looks like an option.
  public static let gitmodulesPath = Self("gitmodulesPath", .error)
  /// A submodule's update setting that is a command.
  public static let gitmodulesUpdate = Self("gitmodulesUpdate", .error)
  /// A `.gitattributes` that is not there.
  public static let gitattributesMissing = Self("gitattributesMissing", .error)
  /// A `.gitattributes` that is no blob.
  public static let gitattributesBlob = Self("gitattributesBlob", .error)
  /// A `.gitattributes` that is too large to be read.
  public static let gitattributesLarge = Self("gitattributesLarge", .error)
  /// A `.gitattributes` with a line that is too long.
  public static let gitattributesLineLength = Self("gitattributesLineLength", .error)
}

extension FsckMessage.ID {
  /// Everything that can be found.
  public static let all: [Self] = [
    .nulInHeader, .unterminatedHeader, .missingTree, .badTreeSHA1, .badParentSHA1, .missingAuthor,
    .multipleAuthors, .missingCommitter, .nulInCommit, .missingObject, .badObjectSHA1,
    .missingTypeEntry, .missingType, .badType, .missingTagEntry, .missingTag, .badTagName,
    .missingTaggerEntry, .extraHeaderEntry, .unknownType, .missingNameBeforeEmail, .badName,
    .missingEmail, .missingSpaceBeforeEmail, .badEmail, .missingSpaceBeforeDate, .zeroPaddedDate,
    .badDateOverflow, .badDate, .badTimezone, .badTree, .nullSHA1, .fullPathname, .emptyName,
    .hasDot, .hasDotdot, .hasDotgit, .zeroPaddedFilemode, .badFilemode, .duplicateEntries,
    .treeNotSorted, .gitmodulesSymlink, .gitattributesSymlink, .gitignoreSymlink, .mailmapSymlink,
    .gitmodulesMissing, .gitmodulesBlob, .gitmodulesLarge, .gitmodulesParse, .gitmodulesName,
    .gitmodulesURL, .gitmodulesPath, .gitmodulesUpdate, .gitattributesMissing, .gitattributesBlob,
    .gitattributesLarge, .gitattributesLineLength,
  ]
}
