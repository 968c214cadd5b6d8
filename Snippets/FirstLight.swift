// The main job, end to end: typed values, branches and merges in a real Git repository.
// Run by Scripts/demo, which passes the place of the repository.
import Pando

struct Note: JSONContents {
  var title: String
  var done = false
}

let place = CommandLine.arguments.dropFirst().first ?? "notes.git"
let store = try Store<Note>(at: place)
let main = try store.branch("main")

// A transaction: all of it becomes one commit, or nothing does.
try main.update("Write the first notes") { tree in
  try tree.set(Note(title: "buy milk"), at: "inbox/milk")
  try tree.set(Note(title: "call home"), at: "inbox/call")
}
print("main holds:", try main.list("inbox").map(\.name.text))

// Two branches change different notes.
let draft = try main.fork("draft")
try draft.update("Milk is bought") { tree in
  try tree.set(Note(title: "buy milk", done: true), at: "inbox/milk")
}
try main.update("Note the garden") { tree in
  try tree.set(Note(title: "water the garden"), at: "garden/water")
}
switch try main.merge(draft, "Take the draft") {
case .upToDate: print("nothing to merge")
case .fastForwarded(let id): print("fast-forwarded to", id)
case .merged(let id): print("merged as", id)
case .conflicted(let conflicts): print("conflicts:", conflicts)
}
print("milk is done:", try main.get("inbox/milk")?.done ?? false)

// Two branches change the same note: the conflict is a value, and nothing is written.
try main.update("Call today") { tree in try tree.set(Note(title: "call today"), at: "inbox/call") }
try draft.update("Call later") { tree in try tree.set(Note(title: "call later"), at: "inbox/call") }
if case .conflicted(let conflicts) = try main.merge(draft, "Take the draft again") {
  for conflict in conflicts { print("conflict:", conflict) }
}

// History is Git's.
var history = try main.history()
while let entry = try history.next() {
  let message = String(decoding: entry.commit.message, as: UTF8.self)
  print(entry.id.abbreviated(to: 7), message, terminator: "")
}
print("\nlook at it with:")
print("  git -C \(place) log --graph --oneline --all")
print("  git -C \(place) show main:inbox/milk")
