public import PandoFiles

extension PackBuilder {
  /// How packs are built. The defaults are Git's.
  public struct Options: Sendable {
    /// How many objects each is compared with: `pack.window`.
    public var window = 10
    /// The longest chain of deltas: `pack.depth`.
    public var depth = 50
    /// The most bytes of objects that one thread compares at a time; 0 for no limit:
    /// `pack.windowMemory`.
    public var windowMemory = 0
    /// The most bytes of deltas that are kept until they are written; those above are made twice:
    /// `pack.deltaCacheSize`.
    public var deltaCacheBytes = 256 << 20
    /// Objects of this many bytes and more are stored whole: `core.bigFileThreshold`.
    public var bigFileThreshold = 512 << 20
    /// Threads that look for deltas; 0 for one a processor: `pack.threads`.
    public var threads = 0
    /// The compression: `pack.compression`.
    public var level = PackWriter.levelDefault
    /// Whether deltas are copied from packs when their base is sent too.
    public var reusesDeltas = true
    /// Whether compressed bytes are copied from packs.
    public var reusesObjects = true
    /// Whether entries that bitmaps select are taken over from their pack as they lie, which no
    /// other option has a say in but `allowsOffsetDeltas`. Only for packs that go to a stream:
    /// `pack.allowPackReuse`.
    public var reusesPacks = false
    /// Whether deltas name their base by its distance instead of its name.
    public var allowsOffsetDeltas = true
    /// Whether deltas may have bases that are not sent: those given as preferred bases.
    public var isThin = false
    /// The most bytes of a published pack, at least 1 MiB; 0 for no limit: `pack.packSizeLimit`.
    public var packSizeLimit = 0
    /// Whether objects that only borrowed directories have are left out.
    public var isLocal = false
    /// Whether objects that are in packs are left out.
    public var isIncremental = false
    /// Whether objects in packs with a `.keep` file are left out.
    public var honorsKeptPacks = false
    /// The file names of packs whose objects are left out, as if they had a `.keep` file.
    public var keptPacks: Set<String> = []
    /// Who watches.
    public var progress: (any ProgressMeter)?

    /// The defaults.
    public init() {}
  }

  /// What went into packs.
  public struct Statistics: Hashable, Sendable {
    /// Objects written.
    public var objects = 0
    /// Those among them that are deltas.
    public var deltas = 0
    /// Objects whose compressed bytes were copied.
    public var reused = 0
    /// Those among them that are deltas.
    public var reusedDeltas = 0
    /// Entries that were taken over as they lie; those are in none of the other figures but
    /// `objects`.
    public var packReused = 0
  }
}
