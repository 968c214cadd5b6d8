internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// How many files of packs a database keeps open.
public enum OpenFileLimit {
  /// More open packs than this only make closing slower.
  static let packsMax = 4096
  /// Half of the files that the process may open, at most `packsMax`.
  public static var packsDefault: Int { max(16, min(FileLimits.openFilesMax / 2, packsMax)) }
}

/// The packs of one database whose files are open, so that thousands of packs can be read with few
/// descriptors: above the limit those that were not used for longest are closed, to be opened again
/// when they are needed.
///
/// A file is closed when nobody reads it any more: a reader in the middle of an object keeps it, so
/// that as many files more may be open as threads read.
final class OpenPacks: Sendable {
  private let countMax: Int
  private let open = Mutex<[ObjectIdentifier: OpenPack]>([:])
  /// Counts the files opened: what "last used" is measured in.
  private let clock = Atomic<UInt64>(0)

  init(countMax: Int) { self.countMax = countMax }

  /// How many files are open.
  var count: Int { open.withLock { $0.count } }

  /// The file of a pack, opened by `make` unless it is; nil when there is none, now and later.
  func use(
    _ pack: OpenPack, _ make: () throws(PandoError) -> PackFile?
  ) throws(PandoError) -> PackFile? {
    pack.lastUse.store(clock.load(ordering: .relaxed), ordering: .relaxed)
    let (file, isNew) = try pack.state.withLock {
      (state) throws(PandoError) -> (PackFile?, Bool) in
      switch state {
      case .file(let file): return (file, false)
      case .gone: return (nil, false)
      case .closed: break
      }
      guard let file = try make() else {
        state = .gone
        return (nil, false)
      }
      state = .file(file)
      return (file, true)
    }
    if isNew { add(pack) }
    return file
  }

  /// Opens a file. Where the process may open no more, packs are closed first.
  func open(_ path: FilePath, in files: any FileSystem) throws(FileError) -> (any ReadableFile)? {
    do throws(FileError) { return try files.openForReading(path) } catch {
      guard error.isTooManyOpenFiles, close(keeping: countMax / 4) else {
        throw error
      }
      return try files.openForReading(path)
    }
  }

  /// Drops a pack that nobody reads any more.
  func forget(_ pack: OpenPack) {
    _ = open.withLock { $0.removeValue(forKey: ObjectIdentifier(pack)) }
  }

  private func add(_ pack: OpenPack) {
    let now = clock.wrappingAdd(1, ordering: .relaxed).newValue
    pack.lastUse.store(now, ordering: .relaxed)
    let isFull = open.withLock { open in
      open[ObjectIdentifier(pack)] = pack
      return open.count > countMax
    }
    // A good part at once, so that the search for the oldest is paid by many files opened.
    if isFull { _ = close(keeping: countMax - countMax / 4) }
  }

  /// Closes those not used for longest; false when none was open.
  private func close(keeping count: Int) -> Bool {
    let oldest = open.withLock { open -> [OpenPack] in
      guard open.count > count else { return [] }
      let byUse = open.values.map { (use: $0.lastUse.load(ordering: .relaxed), pack: $0) }
      let oldest = byUse.sorted { $0.use < $1.use }.prefix(open.count - count).map(\.pack)
      for pack in oldest { open.removeValue(forKey: ObjectIdentifier(pack)) }
      return oldest
    }
    for pack in oldest { pack.close() }
    return !oldest.isEmpty
  }
}

/// The file of one pack, which comes and goes.
final class OpenPack: Sendable {
  enum State {
    case closed
    case file(PackFile)
    /// Another process has removed it.
    case gone
  }

  let state = Mutex(State.closed)
  let lastUse = Atomic<UInt64>(0)

  /// Lets go of the file.
  func close() {
    state.withLock { state in
      if case .file = state { state = .closed }
    }
  }
}
