/// One user of the system, as a line of `/etc/passwd` (passwd(5)) tells.
public struct Account: Hashable, Sendable {
  /// The login name.
  public let name: String
  /// The user's number.
  public let userID: UInt32
  /// The name in full: the comment field up to its first comma, where `&` stands for the login
  /// name with its first letter raised.
  public let fullName: String
  /// Where the user's files are.
  public let homeDirectory: FilePath

  /// Makes an account from its parts.
  public init(name: String, userID: UInt32, fullName: String, homeDirectory: FilePath) {
    self.name = name
    self.userID = userID
    self.fullName = fullName
    self.homeDirectory = homeDirectory
  }

  private static let fileBytesMax = 16 << 20

  /// The first account with a number; nil when there is none or the file cannot be read.
  public static func find(userID: UInt32, in fileSystem: any FileSystem) -> Account? {
    find(in: file(fileSystem)) { $0.userID == userID }
  }

  /// The first account with a login name, for `~name`; nil when there is none or the file cannot
  /// be read.
  public static func find(name: String, in fileSystem: any FileSystem) -> Account? {
    find(in: file(fileSystem)) { $0.name == name }
  }

  private static func file(_ fileSystem: any FileSystem) -> [UInt8] {
    guard let bytes = try? fileSystem.contents(of: "/etc/passwd", limit: fileBytesMax) else {
      return []
    }
    return bytes
  }

  /// The first account that answers a question, among the lines that are whole.
  static func find(in file: [UInt8], where matches: (Account) -> Bool) -> Account? {
    for line in file.split(separator: UInt8(ascii: "\n")) {
      if let account = Account(line: line), matches(account) { return account }
    }
    return nil
  }

  /// Reads `name:password:uid:gid:comment:home:shell`; nil for anything else.
  init?(line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard fields.count == 7, !fields[0].isEmpty,
      let userID = UInt32(String(decoding: fields[2], as: UTF8.self))
    else { return nil }
    let name = String(decoding: fields[0], as: UTF8.self)
    let comment = String(
      decoding: fields[4].prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
    let raised = name.prefix(1).uppercased() + name.dropFirst()
    self.init(
      name: name, userID: userID,
      fullName: comment.split(separator: "&", omittingEmptySubsequences: false)
        .joined(separator: raised),
      homeDirectory: FilePath(bytes: Array(fields[5])))
  }
}
