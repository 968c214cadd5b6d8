internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// Whom a commit is by.
enum IdentityRole: String {
  case author, committer
}

extension CommandContext {
  /// Name, address and date of an author or committer, as git makes them up: environment, then
  /// settings, then the account; a host's name is never guessed. Throws git's complaints.
  func signature(_ role: IdentityRole) throws -> Signature {
    let variable = "GIT_\(role.rawValue.uppercased())_"
    let configuration = try configuration()
    let email =
      try environment[variable + "EMAIL"]
      ?? configuration.string("\(role.rawValue).email") ?? configuration.string("user.email")
      ?? environment["EMAIL"].flatMap { $0.isEmpty ? nil : $0 }
    guard let email else { throw unknown(role, "unable to auto-detect email address") }
    var name =
      try environment[variable + "NAME"]
      ?? configuration.string("\(role.rawValue).name") ?? configuration.string("user.name")
    if name == nil {
      name = environment.fullName ?? environment.userName
      if name?.isEmpty != false {
        throw unknown(role, "unable to auto-detect name (got '')")
      }
    }
    let shown = name ?? ""
    guard !shown.isEmpty else {
      throw CommandFailure(
        lines: ["fatal: empty ident name (for <\(email)>) not allowed"], status: .fatal)
    }
    guard Signature.isUsable(name: shown) else {
      throw CommandFailure.fatal("name consists only of disallowed characters: \(shown)")
    }
    return Signature(name: shown, email: email, time: try time(variable + "DATE"))
  }

  private func time(_ variable: String) throws -> Signature.Time {
    let now = clock.now().seconds
    let clock = clock
    guard let text = environment[variable], !text.isEmpty else {
      return Signature.Time(seconds: now, offsetMinutes: clock.utcOffsetMinutes(at: now))
    }
    let local = LocalTime(now: now) { clock.utcOffsetMinutes(at: $0) }
    var parser = DateParser(Array(text.utf8), local)
    guard let (seconds, offset) = parser.read() else {
      throw CommandFailure.fatal("invalid date format: \(text)")
    }
    return Signature.Time(seconds: seconds, offsetMinutes: offset)
  }

  private func unknown(_ role: IdentityRole, _ reason: String) -> CommandFailure {
    let title = role == .author ? "Author" : "Committer"
    return CommandFailure(
      lines: [
        """
        \(title) identity unknown

        *** Please tell me who you are.

        Run

          git config --global user.email "you@example.com"
          git config --global user.name "Your Name"

        to set your account's default identity.
        Omit --global to set the identity only in this repository.

        fatal: \(reason)
        """
      ], status: .fatal)
  }
}
