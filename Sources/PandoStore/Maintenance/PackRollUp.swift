internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import Synchronization

/// Keeps the packs of a store few while it is written: each publish may leave a small one, and when
/// there are many, the small ones are rolled up beside the writers, so that each pack has at least
/// twice the objects of the next smaller one. A store of n commits then has O(log n) packs, and
/// each object is copied O(log n) times.
///
/// Small packs and large ones are rolled up each among themselves, at the same time if need be: the
/// former are quick and cannot wait for the latter.
final class PackRollUp: Sendable {
  /// A pack of so many objects is large.
  private static let largeMin = 1 << 14

  private let repository: Repository
  private let database: ObjectDatabase
  private let options: StoreOptions
  private let packsMax: Int
  /// How many packs there are when it is time.
  private let countMax: Atomic<Int>
  private let (small, large) = (BackgroundWork(), BackgroundWork())

  /// Nil where there are no packs, or where they are to be left alone.
  init?(_ repository: Repository, _ options: StoreOptions) {
    guard let database = repository.objects as? ObjectDatabase, let packsMax = options.packsMax
    else { return nil }
    self.repository = repository
    self.database = database
    self.options = options
    self.packsMax = packsMax
    countMax = Atomic(packsMax)
  }

  /// Looks whether there are many packs, after a publish. O(1).
  func didPublish() {
    guard isTime else { return }
    small.start { [self] in
      repeat {
        let before = database.uncoveredPackCount
        let outcome = run(.smallPacks, 0...(Self.largeMin - 1))
        // Of those that stay for whatever reason there may be many. What came meanwhile is not
        // among them.
        let left = before + outcome.packs.count - outcome.removedPacks.count
        countMax.store(max(packsMax, left + packsMax / 2), ordering: .relaxed)
      } while isTime
      large.start { [self] in _ = run(.largePacks, Self.largeMin...Int.max) }
    }
  }

  private var isTime: Bool {
    database.uncoveredPackCount > countMax.load(ordering: .relaxed)
  }

  /// Waits for the end of what was started.
  func wait() {
    small.wait()
    large.wait()
  }

  /// Rolls up packs with so many objects. Does nothing while somebody does the same, or more.
  private func run(
    _ work: MaintenanceLock.RollUp, _ counts: ClosedRange<Int>
  ) -> Repacking.Outcome {
    do throws(PandoError) {
      guard let lock = try MaintenanceLock.acquire(repository, for: work) else {
        return Repacking.Outcome()
      }
      var packing = Repacking.Options()
      packing.mode = .geometric(factor: 2)
      packing.geometricCounts = counts
      packing.removesRedundant = true
      packing.updatesServerInfo = false
      let outcome = try Maintenance(repository).repack(packing)
      _ = consume lock
      return outcome
    } catch {
      options.maintenanceFailed?(error)
      return Repacking.Outcome()
    }
  }
}
