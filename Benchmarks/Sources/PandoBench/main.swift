import PandoBytes
import PandoFiles
import PandoMerge
import PandoObjects
import PandoStorage
import PandoStore

// The work that the command line does not do:
//   PandoBench fill REPOSITORY KEYS           a store of KEYS values of 100 bytes, in one commit
//                                             (with "wide" at the end, here and below: in one
//                                             directory)
//   PandoBench get REPOSITORY KEYS COUNT      COUNT random reads
//   PandoBench write REPOSITORY KEYS COUNT POLICY WRITERS [branches]   COUNT commits of one key
// each
//   PandoBench stream KEYS COUNT              the same for git fast-import
//   PandoBench fill-stream KEYS               what fill does, for git fast-import
//   PandoBench syncs FILE COUNT               COUNT small appends, each synced
//   PandoBench history COMMITS                a stream for git fast-import
//   PandoBench hash BYTES COUNT               the names of COUNT blobs of BYTES bytes
//   PandoBench last-changes REPOSITORY COMMIT  the last change of every entry of the root directory
//   PandoBench inflate PACK ROUNDS            the small streams of a pack, by two decoders

/// Whether all keys are in one directory.
let isWide = CommandLine.arguments.contains("wide")

func path(_ key: UInt64) -> TreePath {
  let name = "k\(padded(Int(key), 6))"
  return TreePath(isWide ? "wide/\(name)" : "d\(padded(Int(key % 256), 3))/\(name)")
}

func fill(_ repository: String, _ keys: UInt64) throws {
  let main = try Store<[UInt8]>(at: repository).branch("main")
  try main.update("Fill the store") { tree in
    var chance = Chance()
    for key in 0..<keys { try tree.set(firstValue(&chance), at: path(key)) }
  }
}

func firstValue(_ chance: inout Chance) -> [UInt8] {
  let word = chance.next()
  return (0..<100).map { UInt8(truncatingIfNeeded: word >> UInt64($0 % 8 * 8)) &+ UInt8($0) }
}

/// What `fill` does as a stream for `git fast-import`.
func fillStream(_ keys: UInt64) throws {
  var chance = Chance()
  var bytes = Array("commit refs/heads/main\n".utf8)
  bytes += Array("committer Pando <pando@localhost> 1700000000 +0000\n".utf8)
  bytes += Array("data 15\nFill the store\n\n".utf8)
  for key in 0..<keys {
    bytes += Array("M 100644 inline \(path(key))\ndata 100\n".utf8) + firstValue(&chance) + [10]
  }
  let output = DescriptorOutput.standardOutput()
  try output.write(bytes)
  try output.flush()
}

func get(_ repository: String, _ keys: UInt64, _ count: Int) throws {
  let snapshot = try Store<[UInt8]>(at: repository).branch("main").snapshot()
  var chance = Chance()
  var total = 0
  for _ in 0..<count {
    total += try snapshot[path(chance.next() % keys)]?.count ?? 0
  }
  print(total)
}

func hash(_ bytes: Int, _ count: Int) throws {
  var chance = Chance()
  let body = (0..<bytes).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
  var leading: UInt64 = 0
  for _ in 0..<count {
    leading ^= try RawObject.id(of: body.span, kind: .blob, .sha1).digest.leadingWord
  }
  print(leading)
}

func lastChanges(_ repository: String, _ commit: String) throws {
  let objects = try Repository.open(at: FilePath(repository)).objects
  guard let id = ObjectID(hex: commit) else { fatalError("no commit: \(commit)") }
  for change in try LastChanges.of(.root, at: id, in: objects) {
    print(change.commit, change.path)
  }
}

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.compactMap { Int($0) }
switch (arguments.first, numbers.count) {
case ("fill", 1): try fill(arguments[2], UInt64(numbers[0]))
case ("get", 2): try get(arguments[2], UInt64(numbers[0]), numbers[1])
case ("write", 3):
  try write(
    arguments[2], UInt64(numbers[0]), numbers[1], arguments[5], writers: numbers[2],
    onBranches: arguments.contains("branches"))
case ("syncs", 1): try syncs(arguments[2], numbers[0])
case ("stream", 2): stream(UInt64(numbers[0]), numbers[1])
case ("fill-stream", 1): try fillStream(UInt64(numbers[0]))
case ("history", 1):
  var history = History()
  history.print(commits: numbers[0])
case ("hash", 2): try hash(numbers[0], numbers[1])
case ("last-changes", _): try lastChanges(arguments[2], arguments[3])
case ("inflate", 1): try inflate(arguments[2], rounds: numbers[0])
default:
  fatalError(
    """
    usage: PandoBench fill|get REPOSITORY KEYS [COUNT] | history COMMITS | hash BYTES COUNT
      | last-changes REPOSITORY COMMIT
      | inflate PACK ROUNDS | stream KEYS COUNT
      | write REPOSITORY KEYS COUNT deferred|as-git|every-commit WRITERS [branches]
    """)
}
