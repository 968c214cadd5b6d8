public import PandoFiles

/// How a store behaves: budgets, the clock, chance.
public struct StoreOptions: Sendable {
  /// The most that parsed directories may take in memory, in bytes.
  public var treeCacheBytesMax = 64 << 20
  /// How often a change is tried on a branch that others keep moving, before it throws
  /// `.conflictingUpdate`.
  public var updateAttemptsMax = 40
  /// The longest wait between two attempts, in milliseconds; waits begin at one and double.
  public var backOffMillisecondsMax = 64
  /// The branch that a new repository begins with.
  public var initialBranch = "main"
  /// Who commits where the repository's configuration names nobody.
  public var fallbackIdentity = Identity(name: "Pando", email: "pando@localhost")
  /// The time of day.
  public var clock: any WallClock = SystemClock()
  /// The spread of waits.
  public var random: any RandomSource = SystemRandom()

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
