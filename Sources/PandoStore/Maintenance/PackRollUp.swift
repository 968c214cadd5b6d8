internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// Keeps the packs of a store few while it is written: each publish may leave a small one, and when
/// there are many, the small ones are rolled up beside the writers, so that each pack has at least
/// twice the objects of the next smaller one. A store of n commits then has O(log n) packs, and
/// each object is copied O(log n) times.
final class PackRollUp: Sendable {
  private let repository: Repository
  private let database: ObjectDatabase
  private let options: StoreOptions
  private let work = BackgroundWork()

  /// Nil where there are no packs, or where they are to be left alone.
  init?(_ repository: Repository, _ options: StoreOptions) {
    guard let database = repository.objects as? ObjectDatabase, options.packsMax != nil else {
      return nil
    }
    self.repository = repository
    self.database = database
    self.options = options
  }

  /// Looks whether there are many packs, after a publish. O(1).
  func didPublish() {
    guard let most = options.packsMax, database.uncoveredPackCount > most else { return }
    work.start { [self] in
      do throws(PandoError) { try run() } catch { options.maintenanceFailed?(error) }
    }
  }

  /// Waits for the end of what was started.
  func wait() { work.wait() }

  private func run() throws(PandoError) {
    // Whoever cleans up already does more than this.
    guard let lock = try MaintenanceLock.acquireForRollUp(repository) else { return }
    var packing = Repacking.Options()
    packing.mode = .geometric(factor: 2)
    packing.removesRedundant = true
    packing.updatesServerInfo = false
    try Maintenance(repository).repack(packing)
    _ = consume lock
  }
}
