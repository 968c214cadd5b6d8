internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

extension Repository {
  /// Who signs commits of a store: what Git's environment names, then the settings, as in
  /// git-commit; but then `fallback` instead of a guess from the machine, so that a store works
  /// anywhere. Source: git-var, "GIT_AUTHOR_IDENT"; git-config, "user.name".
  func signature(
    _ role: StoreEngine.Role, at time: Signature.Time, fallback: StoreOptions.Identity
  ) throws(PandoError) -> Signature {
    Signature(
      name: try identity(role, "name", "NAME") ?? fallback.name,
      email: try identity(role, "email", "EMAIL") ?? fallback.email, time: time)
  }

  private func identity(
    _ role: StoreEngine.Role, _ key: String, _ suffix: String
  ) throws(PandoError) -> String? {
    let word = role == .author ? "author" : "committer"
    let environment = options.environment
    var candidates = [environment["GIT_\(word.uppercased())_\(suffix)"]]
    candidates.append(try configuration.string("\(word).\(key)"))
    candidates.append(try configuration.string("user.\(key)"))
    if key == "email" { candidates.append(environment["EMAIL"]) }
    return candidates.compactMap { $0 }.first { Signature.isUsable(name: $0) }
  }
}
