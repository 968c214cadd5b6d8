/// What a process knows of its surroundings, as one value, so that a test can make its own.
public struct ProcessEnvironment: Sendable {
  /// The environment's variables; names and values that are not UTF-8 are repaired.
  public var variables: [String: String]
  /// Where relative paths start; `.` when the system will not say.
  public var currentDirectory: FilePath
  /// The effective user's number.
  public var userID: UInt32
  /// The process's number.
  public var processID: Int32
  /// The machine's name.
  public var hostName: String
  /// The user's entry in the system's account file, when there is one.
  public var account: Account?

  /// Makes an environment from its parts.
  public init(
    variables: [String: String] = [:], currentDirectory: FilePath = "/", userID: UInt32 = 0,
    processID: Int32 = 1, hostName: String = "localhost", account: Account? = nil
  ) {
    self.variables = variables
    self.currentDirectory = currentDirectory
    self.userID = userID
    self.processID = processID
    self.hostName = hostName
    self.account = account
  }

  /// The surroundings of this process now.
  ///
  /// The user's names are read from `/etc/passwd` itself: the system's own function asks shared
  /// libraries, which a static executable does not have. Users known only to a directory service
  /// have no account here, and go by `USER` and `HOME`.
  public static func current() -> ProcessEnvironment {
    var variables: [String: String] = [:]
    for entry in SystemCalls.environmentEntries() {
      guard let equals = entry.firstIndex(of: UInt8(ascii: "=")), equals > 0 else { continue }
      let name = String(decoding: entry[..<equals], as: UTF8.self)
      // The first of two entries with one name counts, as for C.
      if variables[name] == nil {
        variables[name] = String(decoding: entry[(equals + 1)...], as: UTF8.self)
      }
    }
    let userID = SystemCalls.userID()
    return ProcessEnvironment(
      variables: variables, currentDirectory: SystemCalls.currentDirectory(), userID: userID,
      processID: SystemCalls.processID(), hostName: SystemCalls.hostName(),
      account: Account.find(userID: userID, in: LocalFileSystem()))
  }

  /// The words of this process's command line without the program's name, bytes as they came.
  public static func arguments() -> [[UInt8]] {
    Array(SystemCalls.argumentEntries().dropFirst())
  }

  /// Whether a process of this machine has that number.
  public static func isRunning(_ processID: Int) -> Bool {
    guard let number = Int32(exactly: processID), number > 0 else { return false }
    return SystemCalls.isRunning(number)
  }

  /// A variable's value; nil when it is not set.
  public subscript(name: String) -> String? { variables[name] }

  /// The user's login name: the account's, else `LOGNAME` or `USER`.
  public var userName: String? {
    account?.name ?? variables["LOGNAME"] ?? variables["USER"]
  }

  /// The user's name in full, when the account has one.
  public var fullName: String? {
    account.flatMap { $0.fullName.isEmpty ? nil : $0.fullName }
  }

  /// `HOME`; nothing else, as Git has it.
  public var homeDirectory: FilePath? {
    variables["HOME"].map { FilePath($0) }
  }
}

extension ProcessEnvironment {
  /// Ends the process; what waits in streams of this module is lost unless flushed before.
  public static func exit(_ status: Int32) -> Never { SystemCalls.exitProcess(status) }
}
