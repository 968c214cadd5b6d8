internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import Synchronization

/// Who signs commits of a store: what Git's environment names, then the settings, as in git-commit;
/// but then a fallback instead of a guess from the machine, so that a store works anywhere. They
/// are looked up once for as long as the settings stay. Source: git-var, "GIT_AUTHOR_IDENT";
/// git-config, "user.name".
final class StoreIdentity: Sendable {
  private struct Known {
    let version: Int
    let name: Signature.Identity
  }

  private let repository: Repository
  private let fallback: StoreOptions.Identity
  private let known = Mutex<[StoreEngine.Role: Known]>([:])

  init(_ repository: Repository, fallback: StoreOptions.Identity) {
    self.repository = repository
    self.fallback = fallback
  }

  func signature(
    _ role: StoreEngine.Role, at time: Signature.Time
  ) throws(PandoError) -> Signature {
    let version = repository.settingsVersion
    if let known = known.withLock({ $0[role] }), known.version == version {
      return Signature(known.name, time: time)
    }
    let name = Signature.Identity(
      name: try repository.identity(role, "name", "NAME") ?? fallback.name,
      email: try repository.identity(role, "email", "EMAIL") ?? fallback.email)
    known.withLock { $0[role] = Known(version: version, name: name) }
    return Signature(name, time: time)
  }
}

extension Repository {
  fileprivate func identity(
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
