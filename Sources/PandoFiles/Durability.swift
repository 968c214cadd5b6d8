/// When commits are published and written files are forced to the disk, as one policy value.
///
/// A sync costs from tenths of a millisecond on a good solid-state disk to tens on a spinning one;
/// without it, power loss may leave a file empty, torn or missing though its write has returned.
public struct Durability: Hashable, Sendable {
  /// Whether loose objects and references are synced before they get their final name.
  public var synchronizesFiles: Bool
  /// Whether packs and their indexes are synced before they get their final name.
  public var synchronizesPacks: Bool
  /// Whether a directory is synced after a name in it has changed.
  public var synchronizesDirectories: Bool

  /// Whether commits stay in memory until the store is flushed or closed, or has gathered many.
  public var defersCommits: Bool

  /// Makes a policy from its parts.
  public init(
    synchronizesFiles: Bool, synchronizesPacks: Bool, synchronizesDirectories: Bool,
    defersCommits: Bool = false
  ) {
    self.synchronizesFiles = synchronizesFiles
    self.synchronizesPacks = synchronizesPacks
    self.synchronizesDirectories = synchronizesDirectories
    self.defersCommits = defersCommits
  }

  /// What has returned survives power loss.
  public static let everyCommit = Durability(
    synchronizesFiles: true, synchronizesPacks: true, synchronizesDirectories: true)

  /// Commits are visible in this process at once, and to others and after power loss once the store
  /// was flushed: one pack then holds them all. What was not flushed is gone when the process ends.
  /// For bulk loads, and for states that can be made anew.
  public static let deferred = Durability(
    synchronizesFiles: true, synchronizesPacks: true, synchronizesDirectories: true,
    defersCommits: true)

  /// What stock Git does: packs are synced; loose objects, references and directories are not.
  public static let asGit = Durability(
    synchronizesFiles: false, synchronizesPacks: true, synchronizesDirectories: false)

  /// Nothing is synced: for bulk loads that are started anew after a crash, and for tests.
  public static let none = Durability(
    synchronizesFiles: false, synchronizesPacks: false, synchronizesDirectories: false)

  /// This policy for a file that belongs to a pack: `publish(to:durability: policy.forPacks)`.
  public var forPacks: Durability {
    Durability(
      synchronizesFiles: synchronizesPacks, synchronizesPacks: synchronizesPacks,
      synchronizesDirectories: synchronizesDirectories)
  }

  /// This policy without directory syncs, for all but the last of several names in a directory.
  public var withoutDirectories: Durability {
    Durability(
      synchronizesFiles: synchronizesFiles, synchronizesPacks: synchronizesPacks,
      synchronizesDirectories: false)
  }
}
