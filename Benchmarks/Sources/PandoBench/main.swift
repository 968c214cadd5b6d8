import PandoBytes
import PandoObjects
import PandoStore

// The work that the command line does not do:
//   PandoBench fill REPOSITORY KEYS           a store of KEYS values of 100 bytes, in one commit
//   PandoBench get REPOSITORY KEYS COUNT      COUNT random reads
//   PandoBench write REPOSITORY KEYS COUNT POLICY WRITERS [branches]   COUNT commits of one key each
//   PandoBench stream KEYS COUNT              the same for git fast-import
//   PandoBench history COMMITS                a stream for git fast-import
//   PandoBench hash BYTES COUNT               the names of COUNT blobs of BYTES bytes
//   PandoBench inflate PACK ROUNDS            the small streams of a pack, by two decoders

func path(_ key: UInt64) -> TreePath {
  TreePath("d\(padded(Int(key % 256), 3))/k\(padded(Int(key), 6))")
}

func fill(_ repository: String, _ keys: UInt64) throws {
  let main = try Store<[UInt8]>(at: repository).branch("main")
  try main.update("Fill the store") { tree in
    var chance = Chance()
    for key in 0..<keys {
      let word = chance.next()
      let value = (0..<100).map {
        UInt8(truncatingIfNeeded: word >> UInt64($0 % 8 * 8)) &+ UInt8($0)
      }
      try tree.set(value, at: path(key))
    }
  }
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

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.compactMap { Int($0) }
switch (arguments.first, numbers.count) {
case ("fill", 1): try fill(arguments[2], UInt64(numbers[0]))
case ("get", 2): try get(arguments[2], UInt64(numbers[0]), numbers[1])
case ("write", 3):
  try write(
    arguments[2], UInt64(numbers[0]), numbers[1], arguments[5], writers: numbers[2],
    onBranches: arguments.last == "branches")
case ("stream", 2): stream(UInt64(numbers[0]), numbers[1])
case ("history", 1):
  var history = History()
  history.print(commits: numbers[0])
case ("hash", 2): try hash(numbers[0], numbers[1])
case ("inflate", 1): try inflate(arguments[2], rounds: numbers[0])
default:
  fatalError(
    """
    usage: PandoBench fill|get REPOSITORY KEYS [COUNT] | history COMMITS | hash BYTES COUNT
      | inflate PACK ROUNDS | stream KEYS COUNT
      | write REPOSITORY KEYS COUNT deferred|as-git|every-commit WRITERS [branches]
    """)
}
