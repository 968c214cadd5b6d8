import PandoFiles
import PandoStore

/// The changes that all programs make: a key and its next value of 100 bytes.
struct Changes {
  let keys: UInt64
  private var chance = Chance()

  /// Writer 0 makes the same changes as the other programs; each writer has its own.
  init(keys: UInt64, writer: Int = 0) {
    self.keys = keys
    chance.state += UInt64(writer) << 32
  }

  mutating func next() -> (key: UInt64, value: [UInt8]) {
    let key = chance.next() % keys
    let word = chance.next()
    return (key, (0..<100).map { UInt8(truncatingIfNeeded: word >> UInt64($0 % 8 * 8)) % 64 + 48 })
  }
}

/// Makes `count` commits of one key each in a store of `keys`, by `writers` threads on one branch,
/// or on as many branches.
func write(
  _ repository: String, _ keys: UInt64, _ count: Int, _ policy: String, writers: Int,
  onBranches: Bool
) throws {
  var options = StoreOptions()
  options.repository.durability =
    switch policy {
    case "deferred": .deferred
    case "journaled": .journaled
    case "as-git": .asGit
    default: .everyCommit
    }
  let store = try Store<[UInt8]>(at: repository, options: options)
  let main = try store.branch("main")
  let branches = try (0..<writers).map { onBranches ? try main.fork("b\($0)") : main }
  ThreadTeam.run(writers) { writer in
    var changes = Changes(keys: keys, writer: writer)
    for number in 0..<count / writers {
      let (key, value) = changes.next()
      do {
        try branches[writer].set(value, at: path(key), "Set \(number) by \(writer)")
      } catch {
        fatalError("\(error)")
      }
    }
  }
  try store.close()
}

/// The same changes as a stream for `git fast-import`.
func stream(_ keys: UInt64, _ count: Int) {
  var changes = Changes(keys: keys)
  for number in 0..<count {
    let (key, value) = changes.next()
    let message = "Set \(number) by 0\n"
    var text = "commit refs/heads/main\n"
    text += "committer Pando <pando@localhost> \(1_700_000_000 + number) +0000\n"
    text += "data \(message.utf8.count)\n\(message)"
    if number == 0 { text += "from refs/heads/main^0\n" }
    text += "M 100644 inline \(path(key))\ndata 100\n\(String(decoding: value, as: UTF8.self))\n"
    print(text, terminator: "")
  }
}

/// Appends 600 bytes `count` times to a file, each with a sync of its own: what a journal of
/// commits cannot be faster than with one writer.
func syncs(_ path: String, _ count: Int) throws {
  let path = FilePath(path)
  _ = try LocalFileSystem().remove(path)
  let file = try LocalFileSystem().createExclusively(path, permissions: 0o644)
  let bytes = [UInt8](repeating: 7, count: 600)
  for _ in 0..<count {
    try file.write(bytes)
    try file.synchronizeData()
  }
  try file.close()
}
