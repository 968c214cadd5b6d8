import PandoBytes
import PandoObjects
import PandoStore

// The work that the command line does not do:
//   PandoBench fill REPOSITORY KEYS           a store of KEYS values of 100 bytes, in one commit
//   PandoBench get REPOSITORY KEYS COUNT      COUNT random reads

/// SplitMix64, the same sequence as the other programs'.
struct Chance {
  var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func padded(_ number: UInt64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

func path(_ key: UInt64) -> TreePath { TreePath("d\(padded(key % 256, 3))/k\(padded(key, 6))") }

let arguments = CommandLine.arguments
guard arguments.count >= 4, let keys = UInt64(arguments[3]) else {
  fatalError("usage: PandoBench fill|get REPOSITORY KEYS [COUNT]")
}
let store = try Store<[UInt8]>(at: arguments[2])
let main = try store.branch("main")
switch arguments[1] {
case "fill":
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
default:
  guard arguments.count == 5, let count = Int(arguments[4]) else { fatalError("no count") }
  let snapshot = try main.snapshot()
  var chance = Chance()
  var total = 0
  for _ in 0..<count {
    total += try snapshot[path(chance.next() % keys)]?.count ?? 0
  }
  print(total)
}
