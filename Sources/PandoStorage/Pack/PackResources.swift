internal import PandoBytes
internal import PandoObjects
internal import Synchronization

/// Where a chain of deltas finds objects that were made before, and leaves some for the next one.
protocol DeltaBases {
  /// The object at `offset` of a pack; nil when it is not here.
  mutating func cached(pack: UInt32, offset: Int) -> ChainedObject?
  /// Keeps an object.
  mutating func keep(_ object: ChainedObject, pack: UInt32, offset: Int)
}

/// What the packs of one database share: the cache of delta bases and the workspaces of threads.
final class PackResources: DeltaBases, Sendable {
  /// The share of the cache's bytes that is for objects just read: one in this many.
  static let recentShare = 4
  /// Whole objects below this many bytes are not kept for having been read.
  static let recentBytesMin = 512
  /// Workspaces that are kept when no thread uses them.
  static let idleWorkspacesMax = 16

  /// The most bytes of objects that the cache keeps.
  let cacheBytes: Int
  private let cache: Mutex<DeltaCache>
  /// Objects that were read themselves: a walk through history asks next for what is a delta on
  /// them. Apart, so that they do not drive out the bases.
  private let recent: Mutex<DeltaCache>
  /// Pieces of the packs in memory.
  let blocks = PackBlocks()
  /// The packs whose files are open.
  let openPacks: OpenPacks
  private let idle = Mutex<[WorkspaceCell]>([])
  private let lastNumber = Atomic<UInt32>(0)

  /// Makes a cache of at most `cacheBytes`, for packs of which `openFilesMax` are open at a time.
  init(cacheBytes: Int, openFilesMax: Int = OpenFileLimit.packsDefault) {
    self.cacheBytes = cacheBytes
    openPacks = OpenPacks(countMax: openFilesMax)
    cache = Mutex(DeltaCache(budget: cacheBytes - cacheBytes / Self.recentShare))
    recent = Mutex(DeltaCache(budget: cacheBytes / Self.recentShare))
  }

  /// A number for one more pack; zero stands for none.
  func nextNumber() -> UInt32 { lastNumber.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Lends a workspace that nobody else uses meanwhile.
  func withWorkspace<Value: Sendable>(
    _ body: (inout PackWorkspace) throws(PandoError) -> Value
  ) throws(PandoError) -> Value {
    let cell = idle.withLock { $0.popLast() } ?? WorkspaceCell()
    defer {
      idle.withLock { if $0.count < Self.idleWorkspacesMax { $0.append(cell) } }
    }
    return try cell.workspace.withLock { (workspace) throws(PandoError) in try body(&workspace) }
  }

  func cached(pack: UInt32, offset: Int) -> ChainedObject? {
    cache.withLock { $0.object(pack: pack, offset: offset) }
      ?? recent.withLock { $0.object(pack: pack, offset: offset) }
  }

  func keep(_ object: ChainedObject, pack: UInt32, offset: Int) {
    cache.withLock { $0.insert(object, pack: pack, offset: offset) }
  }

  func noteRead(_ object: ChainedObject, pack: UInt32, offset: Int) {
    // A small whole object costs as little to read again as to keep.
    guard object.depth > 0 || object.object.body.count >= Self.recentBytesMin else { return }
    recent.withLock { $0.insert(object, pack: pack, offset: offset) }
  }

  func forget(pack: UInt32, offset: Int) {
    cache.withLock { $0.remove(pack: pack, offset: offset) }
  }
}

/// A fixed place for a workspace, so that idle ones can be kept in an array.
final class WorkspaceCell: Sendable {
  let workspace = Mutex(PackWorkspace())
}

/// What one thread needs to read packs.
struct PackWorkspace: ~Copyable, Sendable {
  /// A delta on the way from an object down to its base.
  struct Link: Sendable {
    let entry: PackEntry
    /// Where in `deltas` it is, when it was inflated on the way.
    let delta: Range<Int>?
  }

  /// Deltas above this many bytes are inflated when they are applied, so that a long chain of large
  /// ones is never in memory whole.
  static let deltaBytesMax = 1 << 20

  var inflater = Inflater()
  var head = HeadInflater()
  var window = PackWindow()
  var heads = CommitHeads()
  var chain: [Link] = []
  var deltas: [UInt8] = []

  /// Gives back what an unusually large object has taken.
  mutating func trim() {
    chain.removeAll(keepingCapacity: chain.capacity <= 4096)
    deltas.removeAll(keepingCapacity: deltas.capacity <= 2 * Self.deltaBytesMax)
  }
}
