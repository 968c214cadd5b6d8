public import PandoFiles
public import PandoObjects
public import PandoStorage

/// Who signs commits, tags and reflog lines, found where Git looks.
///
/// Source: git-commit-tree, "COMMIT INFORMATION", and git-config, `user`, `author`, `committer`. A
/// mail address is made up from user and host only when the host's name has a dot, and the files
/// and name services of the mail system are not asked.
public struct Identity: Sendable {
  /// What is signed for.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// The one who made the change.
    case author
    /// The one who records it.
    case committer
  }

  private let configuration: Configuration
  private let environment: ProcessEnvironment
  private let clock: any WallClock

  /// Makes an identity out of settings, variables and a clock.
  public init(
    configuration: Configuration, environment: ProcessEnvironment, clock: any WallClock
  ) {
    self.configuration = configuration
    self.environment = environment
    self.clock = clock
  }

  /// Makes the identity of a repository's user.
  public init(_ repository: Repository) {
    self.init(
      configuration: repository.configuration, environment: repository.options.environment,
      clock: repository.options.clock)
  }

  /// Name, address and time for a role. Throws `.invalidInput` in Git's words when there is no
  /// usable name or address, or the variable with the date has none; see ``advice(for:)``.
  public func signature(_ role: Role) throws(PandoError) -> Signature {
    let email = try email(role)
    let name = try name(role, email: email)
    return Signature(name: name, email: email, time: try time(role))
  }

  /// What Git prints above the complaint that nobody knows who the user is.
  public static func advice(for role: Role) -> String {
    """
    \(role == .author ? "Author" : "Committer") identity unknown

    *** Please tell me who you are.

    Run

      git config --global user.email "you@example.com"
      git config --global user.name "Your Name"

    to set your account's default identity.
    Omit --global to set the identity only in this repository.


    """
  }

  /// Whether an error is one that ``advice(for:)`` helps with.
  public static func isUnknown(_ error: PandoError) -> Bool {
    error.code == .invalidInput
      && ["unable to auto-detect ", "no email was given ", "no name was given "]
        .contains { error.message.hasPrefix($0) }
  }

  // MARK: Parts

  private func variable(_ role: Role, _ suffix: String) -> String? {
    environment["GIT_\(role.rawValue.uppercased())_\(suffix)"]
  }

  private func setting(_ role: Role, _ key: String) throws(PandoError) -> String? {
    for section in [role.rawValue, "user"] {
      if let value = try configuration.string("\(section).\(key)"), !value.isEmpty {
        return value
      }
    }
    return nil
  }

  private func guesses() throws(PandoError) -> Bool {
    try configuration.bool("user.useConfigOnly") != true
  }

  private func email(_ role: Role) throws(PandoError) -> String {
    if let email = variable(role, "EMAIL") { return email }
    if let email = try setting(role, "email") { return email }
    guard try guesses() else {
      throw PandoError(.invalidInput, "no email was given and auto-detection is disabled")
    }
    if let email = environment["EMAIL"], !email.isEmpty { return email }
    let host = environment.hostName
    let isUsable = environment.userName != nil && host.contains(".")
    let guess =
      "\(environment.userName ?? "unknown")@\(host)\(host.contains(".") ? "" : ".(none)")"
    guard isUsable else {
      throw PandoError(.invalidInput, "unable to auto-detect email address (got '\(guess)')")
    }
    return guess
  }

  private func name(_ role: Role, email: String) throws(PandoError) -> String {
    var name = variable(role, "NAME")
    if name == nil { name = try setting(role, "name") }
    if name == nil {
      guard try guesses() else {
        throw PandoError(.invalidInput, "no name was given and auto-detection is disabled")
      }
      guard let guess = environment.fullName ?? environment.userName else {
        throw PandoError(.invalidInput, "unable to auto-detect name (got 'unknown')")
      }
      name = guess
    }
    guard let name, !name.isEmpty else {
      throw PandoError(.invalidInput, "empty ident name (for <\(email)>) not allowed")
    }
    guard Signature.isUsable(name: name) else {
      throw PandoError(.invalidInput, "name consists only of disallowed characters: \(name)")
    }
    return name
  }

  private func time(_ role: Role) throws(PandoError) -> Signature.Time {
    let now = clock.now().seconds
    guard let text = variable(role, "DATE"), !text.isEmpty else {
      return Signature.Time(seconds: now, offsetMinutes: clock.utcOffsetMinutes(at: now))
    }
    let clock = clock
    var parser = DateParser(
      Array(text.utf8), LocalTime(now: now) { clock.utcOffsetMinutes(at: $0) })
    guard let (seconds, offset) = parser.read() else {
      throw PandoError(.invalidInput, "invalid date format: \(text)")
    }
    return Signature.Time(seconds: seconds, offsetMinutes: offset)
  }
}

extension Repository {
  /// Who signs for a role in this repository, now. See ``Identity``.
  public func signature(_ role: Identity.Role) throws(PandoError) -> Signature {
    try Identity(self).signature(role)
  }
}
