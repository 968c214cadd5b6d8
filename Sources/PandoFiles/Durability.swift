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

  /// When a store publishes commits.
  public var publishing: Publishing

  /// When commits of a store get into its repository, where every Git sees them.
  public enum Publishing: Hashable, Sendable {
    /// Before the call that makes them returns.
    case atOnce
    /// Soon: they are durable in a journal before.
    case journaled
    /// When the store is flushed or closed, or has gathered many.
    case deferred
  }

  /// Makes a policy from its parts.
  public init(
    synchronizesFiles: Bool, synchronizesPacks: Bool, synchronizesDirectories: Bool,
    publishing: Publishing = .atOnce
  ) {
    self.synchronizesFiles = synchronizesFiles
    self.synchronizesPacks = synchronizesPacks
    self.synchronizesDirectories = synchronizesDirectories
    self.publishing = publishing
  }

  /// What has returned survives power loss.
  public static let everyCommit = Durability(
    synchronizesFiles: true, synchronizesPacks: true, synchronizesDirectories: true)

  /// What has returned survives power loss, by one sync of a journal in the repository; commits
  /// made at the same time share it. This process sees them at once; every Git sees them after the
  /// next checkpoint, which comes after `StoreOptions.checkpointMilliseconds`, and when the store
  /// is flushed or closed. Until then their branches stay locked, so that nobody else moves them:
  /// for branches that one process writes. After a crash they are published when the store is
  /// opened.
  public static let journaled = Durability(
    synchronizesFiles: true, synchronizesPacks: true, synchronizesDirectories: true,
    publishing: .journaled)

  /// Commits are visible in this process at once, and to others and after power loss once the store
  /// was flushed: one pack then holds them all. What was not flushed is gone when the process ends.
  /// For bulk loads, and for states that can be made anew.
  public static let deferred = Durability(
    synchronizesFiles: true, synchronizesPacks: true, synchronizesDirectories: true,
    publishing: .deferred)

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
