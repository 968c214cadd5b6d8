public import PandoBytes
public import PandoObjects
public import PandoStorage

/// How a store behaves: budgets, attempts, and how its repository is opened.
public struct StoreOptions: Sendable {
  /// How the repository is opened: durability, settings, the clock, chance.
  public var repository = Repository.Options()
  /// The algorithm that names objects in a repository that is made.
  public var hashAlgorithm = HashAlgorithm.sha1
  /// The branch that a repository begins with when it is made.
  public var initialBranch = "main"
  /// The most that parsed directories may take in memory, in bytes.
  public var treeCacheBytesMax = 64 << 20
  /// The bytes of new values that a change keeps in memory; more wait on the disk until they are
  /// committed. Where commits are deferred they are in memory as well.
  public var changeBytesMax = 1 << 20
  /// How often a change is tried on a branch that others keep moving, before it throws
  /// `.conflictingUpdate`.
  public var updateAttemptsMax = 40
  /// The longest wait between two attempts, in milliseconds; waits begin at one and double.
  public var backOffMillisecondsMax = 64
  /// How long a journaled commit waits at most until it is published, see `Durability.journaled`;
  /// nil leaves that to `flush`, to `close` and to the size of the journal.
  public var checkpointMilliseconds: Int? = 1000
  /// How often branches are looked at while somebody watches them and nothing tells of changes;
  /// where the system tells, they are looked at so often as well.
  public var watchMilliseconds = 1000
  /// Small packs are rolled up in the background when there are more packs than this; nil leaves
  /// that to others.
  public var packsMax: Int? = 50
  /// Is told when what goes on in the background fails, rolling up packs and checkpoints, on a
  /// thread of its own; nothing is lost then, and it is tried again.
  public var maintenanceFailed: (@Sendable (PandoError) -> Void)?
  /// Who commits where neither the environment nor the settings name somebody.
  public var fallbackIdentity = Identity(name: "Pando", email: "pando@localhost")

  /// The defaults.
  public init() {}

  /// A person or a program, by name and address.
  public struct Identity: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The address.
    public var email: String

    /// Names somebody.
    public init(name: String, email: String) {
      self.name = name
      self.email = email
    }
  }
}
