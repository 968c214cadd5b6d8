import Pando
import PandoBytes
import PandoMerge
import PandoTestKit
import Synchronization
import Testing

/// A number whose changes add up.
struct Tally: Contents {
  var count: Int

  init(_ count: Int) { self.count = count }
  init(parsing bytes: Span<UInt8>) throws {
    guard let count = Int(try String(parsing: bytes)) else {
      throw PandoError(.corrupt, "it is no number")
    }
    self.count = count
  }
  func serialize(into bytes: inout [UInt8]) throws { bytes.append(contentsOf: "\(count)".utf8) }

  static var mergeRule: MergeRule<Tally> {
    .optional { base, ours, theirs in .value(Tally(ours.count + theirs.count - (base?.count ?? 0)))
    }
  }
}

@Suite struct MergeTests {
  /// A branch with `base`, and a fork of it, each changed.
  private func diverged<Value: Contents>(
    _ backEnd: BackEnd, _ base: [TreePath: Value], ours: [TreePath: Value?],
    theirs: [TreePath: Value?]
  ) throws -> (bed: TestBed<Value>, draft: Branch<Value>) {
    let bed = try backEnd.bed(of: Value.self)
    try bed.main.update("Base", options: UpdateOptions(allowsEmpty: true)) { tree in
      for (path, value) in base { try tree.set(value, at: path) }
    }
    let draft = try bed.main.fork("draft")
    for (branch, changes) in [(bed.main, ours), (draft, theirs)] {
      try branch.update("Change", options: UpdateOptions(allowsEmpty: true)) { tree in
        for (path, value) in changes where value == nil { try tree.remove(at: path) }
        for case (let path, let value?) in changes { try tree.set(value, at: path) }
      }
    }
    return (bed, draft)
  }

  @Test(arguments: BackEnd.allCases)
  func `edits of different keys both hold, and the source stays`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["a": "1", "b": "1", "d/x": "1"], ours: ["a": "2", "new/ours": "o"],
      theirs: ["b": "2", "new/theirs": "t", "d/x": nil])
    let (ours, theirs) = (try bed.main.head, try draft.head)
    guard case .merged(let commit) = try bed.main.merge(draft, "Take the draft") else {
      Issue.record("not merged")
      return
    }
    #expect(
      try bed.main.snapshot().contents()
        == ["a": "2", "b": "2", "new/ours": "o", "new/theirs": "t"])
    #expect(try bed.store.commit(commit).parents == [ours, theirs])
    #expect(try bed.store.commit(commit).message == Array("Take the draft\n".utf8))
    #expect(try draft.head == theirs)
    #expect(try bed.main.reflog().last?.message == "merge draft: Merge made by Pando.")
  }

  @Test(arguments: BackEnd.allCases)
  func `fast-forwards are as the options say`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let first = try #require(try bed.main.set("1", at: "a", "One"))
    let draft = try bed.main.fork("draft")
    guard case .upToDate = try bed.main.merge(draft, "Nothing") else {
      Issue.record("not up to date")
      return
    }
    let second = try #require(try draft.set("2", at: "a", "Two"))
    guard case .fastForwarded(second) = try bed.main.merge(draft, "Forward") else {
      Issue.record("not fast-forwarded")
      return
    }
    #expect(try bed.main.head == second)
    #expect(try bed.main.reflog().last?.message == "merge draft: Fast-forward")
    guard case .upToDate = try draft.merge(bed.main, "Back") else {
      Issue.record("not up to date")
      return
    }
    #expect(try bed.main.moveHead(to: first, expecting: second))
    let never = MergeOptions(fastForward: .never)
    guard case .merged(let commit) = try bed.main.merge(draft, "Record it", options: never) else {
      Issue.record("not merged")
      return
    }
    #expect(try bed.store.commit(commit).parents == [first, second])
    #expect(try bed.store.commit(commit).tree == bed.store.commit(second).tree)
    try draft.set("x", at: "b", "Diverge")
    let only = MergeOptions(fastForward: .only)
    #expect(code { try bed.main.merge(draft, "No", options: only) } == .conflictingUpdate)
    #expect(try bed.main.head == commit)
  }

  @Test(arguments: BackEnd.allCases)
  func `a side without commits gives nothing, or takes everything`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let empty = try bed.store.branch("empty")
    guard case .upToDate = try bed.main.merge(empty, "Nothing") else {
      Issue.record("not up to date")
      return
    }
    #expect(try bed.main.head == nil)
    let first = try #require(try bed.main.set("1", at: "a", "One"))
    let never = MergeOptions(fastForward: .never)
    guard case .fastForwarded(first) = try empty.merge(bed.main, "All", options: never) else {
      Issue.record("not fast-forwarded")
      return
    }
    #expect(try empty.get("a") == "1")
    guard case .upToDate = try bed.main.merge(first, "Itself") else {
      Issue.record("not up to date")
      return
    }
  }

  @Test(arguments: BackEnd.allCases)
  func `a conflict is a value and changes nothing`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["a": Note("base"), "b": Note("base")],
      ours: ["a": Note("ours"), "b": nil, "c": Note("ours"), "ok": Note("ours")],
      theirs: ["a": Note("theirs"), "b": Note("theirs"), "c": Note("theirs"), "ok": Note("ours")])
    let before = (try bed.main.head, try draft.head)
    let result = try bed.main.merge(draft, "Take the draft")
    #expect(result.commit == nil)
    let conflicts = result.conflicts
    #expect(conflicts.map(\.path) == ["a", "b", "c"])
    #expect(conflicts.map(\.kind) == [.value, .modifyDelete, .addAdd])
    #expect(conflicts.map(\.reason).allSatisfy { !$0.isEmpty })
    #expect(try conflicts.map { try $0.baseValue() } == [Note("base"), Note("base"), nil])
    #expect(try conflicts.map { try $0.oursValue() } == [Note("ours"), nil, Note("ours")])
    #expect(
      try conflicts.map { try $0.theirsValue() }
        == [Note("theirs"), Note("theirs"), Note("theirs")])
    #expect(try bed.main.head == before.0)
    #expect(try draft.head == before.1)
    #expect(try bed.main.get("a") == Note("ours"))
  }

  @Test(arguments: BackEnd.allCases)
  func `conflicts can be settled in the merged tree`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["a": Note("base"), "b": Note("base")],
      ours: ["a": Note("ours"), "mine": Note("m")],
      theirs: ["a": Note("theirs"), "b": Note("changed")])
    let refused = try bed.main.merge(draft, "No") { conflicts, _ in conflicts.isEmpty }
    #expect(refused.conflicts.count == 1)
    let settled = try bed.main.merge(draft, "Settled") { conflicts, tree in
      for conflict in conflicts {
        #expect(try tree.get(conflict.path) == Note("ours"))
        let texts = [try conflict.oursValue(), try conflict.theirsValue()].compactMap { $0?.text }
        try tree.set(Note(texts.joined(separator: "+")), at: conflict.path)
      }
      return true
    }
    let commit = try #require(settled.commit)
    #expect(
      try bed.main.snapshot().contents()
        == ["a": Note("ours+theirs"), "b": Note("changed"), "mine": Note("m")])
    #expect(try bed.store.commit(commit).parents.count == 2)
    guard case .upToDate = try bed.main.merge(draft, "Again") else {
      Issue.record("not up to date")
      return
    }
  }

  @Test(arguments: BackEnd.allCases)
  func `a preview writes nothing and can be read`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["a": "1\n2\n3\n"], ours: ["a": "one\n2\n3\n", "o/x": "o"],
      theirs: ["a": "1\n2\nthree\n", "t/x": "t"])
    let head = try bed.main.head
    let preview = try bed.main.previewMerge(draft)
    #expect(preview.kind == .merge)
    #expect(preview.isClean)
    #expect(
      try preview.snapshot.contents()
        == ["a": "one\n2\nthree\n", "o/x": "o", "t/x": "t"])
    #expect(try bed.main.head == head)
    #expect(try bed.main.snapshot().diff(to: preview.snapshot).map(\.path) == ["a", "t/x"])
    #expect(code { _ = try bed.store.snapshot(of: preview.snapshot.id) } != nil)
    #expect(try draft.previewMerge(draft).kind == .upToDate)
    // A preview's tree can be put into a branch.
    let other = try bed.store.branch("other")
    try other.update("Graft") { tree in try tree.setTree(preview.snapshot, at: "merged") }
    #expect(try other.get("merged/a") == "one\n2\nthree\n")
    try bed.main.merge(draft, "Merge")
    #expect(try bed.main.snapshot() == preview.snapshot)
  }

  @Test(arguments: BackEnd.allCases)
  func `unrelated histories merge unless that is forbidden`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed(of: Note.self)
    try bed.main.set(Note("1"), at: "a", "One")
    let other = try bed.store.branch("other")
    try other.set(Note("2"), at: "b", "Two")
    #expect(try bed.main.mergeBases(with: other).isEmpty)
    let related = MergeOptions(allowsUnrelatedHistories: false)
    #expect(code { try bed.main.merge(other, "No", options: related) } == .invalidInput)
    #expect(try bed.main.merge(other, "Join").commit != nil)
    #expect(try bed.main.snapshot().contents() == ["a": Note("1"), "b": Note("2")])
    let third = try bed.store.branch("third")
    try third.set(Note("3"), at: "a", "Three")
    #expect(try bed.main.merge(third, "Clash").conflicts.map(\.kind) == [.addAdd])
  }

  @Test(arguments: BackEnd.allCases)
  func `a file against a directory is a conflict`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["k": Note("k")], ours: ["x": Note("file")], theirs: ["x/y": Note("in it")])
    let conflicts = try bed.main.merge(draft, "Clash").conflicts
    #expect(conflicts.map(\.path) == ["x"])
    #expect(conflicts.map(\.place) == ["x~main"])
    #expect(conflicts.map(\.kind) == [.fileDirectory])
    let preview = try bed.main.previewMerge(draft).snapshot
    #expect(try preview["x/y"] == Note("in it"))
    #expect(try preview["x~main"] == Note("file"))
  }

  @Test(arguments: BackEnd.allCases)
  func `modes, links and submodules survive a merge`(_ backEnd: BackEnd) throws {
    let bed = try backEnd.bed()
    let submodule = try #require(bed.absentID("12"))
    try bed.main.update("Base") { tree in
      try tree.set("1\n2\n3\n", at: "run")
      try tree.setSymbolicLink(to: "run", at: "link")
      try tree.setSubmodule(submodule, at: "vendor/lib")
    }
    let draft = try bed.main.fork("draft")
    try bed.main.set("one\n2\n3\n", at: "run", "Content")
    try draft.update("Mode") { tree in
      try tree.setExecutable(true, at: "run")
      try tree.set("x", at: "vendor/new")
    }
    #expect(try bed.main.merge(draft, "Both").commit != nil)
    let snapshot = try bed.main.snapshot()
    #expect(try snapshot.mode(at: "run") == .executable)
    #expect(try snapshot["run"] == "one\n2\n3\n")
    #expect(try snapshot.mode(at: "link") == .symbolicLink)
    #expect(try snapshot.entry(at: "vendor/lib")?.id == submodule)
  }

  @Test(arguments: BackEnd.allCases)
  func `a value's own rule decides, also over several merge bases`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["n": Tally(10)], ours: ["n": Tally(11)], theirs: ["n": Tally(15)])
    let (ours, theirs) = (try #require(try bed.main.head), try #require(try draft.head))
    // Both sides take each other: a cross with two best common ancestors.
    #expect(try bed.main.merge(theirs, "Cross").commit != nil)
    #expect(try draft.merge(ours, "Cross").commit != nil)
    #expect(try bed.main.get("n") == Tally(16))
    #expect(try bed.main.mergeBases(with: draft).count == 2)
    try bed.main.set(Tally(17), at: "n", "One more")
    try draft.set(Tally(26), at: "n", "Ten more")
    #expect(try bed.main.merge(draft, "Join").commit != nil)
    #expect(try bed.main.get("n") == Tally(27))
    var history = try bed.main.history()
    // Base, two changes, two crosses, two more changes and the last merge; no virtual commit.
    #expect(try history.rest().count == 8)
  }

  @Test(arguments: BackEnd.allCases)
  func `a conflict inside the merge bases is carried, not forgotten`(_ backEnd: BackEnd) throws {
    let (bed, draft) = try diverged(
      backEnd, ["n": Note("base")], ours: ["n": Note("A")], theirs: ["n": Note("B")])
    let (ours, theirs) = (try #require(try bed.main.head), try #require(try draft.head))
    func cross(_ branch: Branch<Note>, _ other: ObjectID, _ text: String) throws {
      let result = try branch.merge(other, "Cross") { conflicts, tree in
        try tree.set(Note(text), at: "n")
        return true
      }
      #expect(result.commit != nil)
    }
    try cross(bed.main, theirs, "A")
    try cross(draft, ours, "B")
    let conflicts = try bed.main.merge(draft, "Join").conflicts
    #expect(conflicts.map(\.path) == ["n"])
    #expect(try conflicts.first?.oursValue() == Note("A"))
    #expect(try conflicts.first?.theirsValue() == Note("B"))
    // Both settled it alike: then there is nothing to decide.
    try draft.set(Note("A"), at: "n", "Agree")
    #expect(try bed.main.merge(draft, "Join").commit != nil)
  }

  @Test func `a rule may delete, and may refuse a deletion`() throws {
    struct Fragile: JSONContents {
      var text: String
      static var mergeRule: MergeRule<Fragile> {
        MergeRule { base, ours, theirs in
          // What one side deletes goes, and so does what both changed.
          ours == nil || theirs == nil ? .value(nil) : .value(base == nil ? ours : nil)
        }
      }
    }
    let (bed, draft) = try diverged(
      .memory, ["a": Fragile(text: "1"), "b/c": Fragile(text: "1"), "k": Fragile(text: "k")],
      ours: ["a": nil, "b/c": Fragile(text: "2"), "d": Fragile(text: "o")],
      theirs: ["a": Fragile(text: "2"), "b/c": Fragile(text: "3"), "d": Fragile(text: "t")])
    #expect(try bed.main.merge(draft, "Merge").commit != nil)
    #expect(
      try bed.main.snapshot().contents().mapValues(\.text) == ["k": "k", "d": "o"])
  }

  @Test func `what nobody can read is a conflict and not an error`() throws {
    let bed = try BackEnd.memory.bed(of: [UInt8].self)
    let notes = bed.store.viewed(as: Note.self)
    let main = try notes.branch("main")
    try main.set(Note("base"), at: "a", "Base")
    let draft = try main.fork("draft")
    try bed.main.set(Array("no JSON".utf8), at: "a", "Break it")
    try draft.set(Note("theirs"), at: "a", "Change")
    let conflicts = try main.merge(draft, "Merge").conflicts
    #expect(conflicts.count == 1)
    #expect(conflicts.first?.reason.contains("cannot be read") == true)
    #expect(code { _ = try conflicts.first?.oursValue() } == .corrupt)
    #expect(try conflicts.first?.theirsValue() == Note("theirs"))
  }

  @Test func `a rule is asked only about what both sides changed`() throws {
    struct Asked: JSONContents {
      static let count = Mutex(0)
      var text: String
      static var mergeRule: MergeRule<Asked> {
        MergeRule { _, ours, _ in
          count.withLock { $0 += 1 }
          return .value(ours)
        }
      }
    }
    let values = (0..<10).map { Asked(text: "\($0)") }
    let (bed, draft) = try diverged(
      .memory, ["same": values[0], "ours": values[0], "both": values[0], "clash": values[0]],
      ours: ["ours": values[1], "both": values[2], "clash": values[3]],
      theirs: ["new": values[1], "both": values[2], "clash": values[4]])
    #expect(try bed.main.merge(draft, "Merge").commit != nil)
    #expect(Asked.count.withLock { $0 } == 1)
  }

  @Test(arguments: BackEnd.allCases)
  func `concurrent merges into one branch lose nothing`(_ backEnd: BackEnd) async throws {
    let bed = try backEnd.bed()
    try bed.main.set("0", at: "start", "Start")
    try await concurrently(8) { i in
      let own = try bed.main.fork("own\(i)")
      try own.set("\(i)", at: "k\(i)", "Writer \(i)")
      let result = try bed.main.merge(own, "Merge \(i)")
      #expect(result.commit != nil)
    }
    #expect(try bed.main.list().count == 9)
  }

  @Test func `a missing ancestor is an error and not the answer that there is none`() throws {
    let objects = ObjectsInMemory()
    let store = Store<String>(objects: objects, references: ReferencesInMemory())
    let main = try store.branch("main")
    let base = try #require(try main.set("1", at: "a", "Base"))
    let draft = try main.fork("draft")
    try main.set("2", at: "a", "Ours")
    try draft.set("x", at: "b", "Theirs")
    objects.forget(base)
    #expect(code { try main.merge(draft, "Merge") } != nil)
  }
}

extension GitAgreementTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `merges have git's trees and git's conflicts`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bed = try BackEnd.disk.bed()
    func change(_ branch: Branch<String>) throws {
      try branch.update("Change") { tree in
        for _ in 0..<4 {
          let path: TreePath = "\(random.word(1).prefix(1) < "m" ? "d/" : "")f\(random.next() % 5)"
          if random.next() % 6 == 0 {
            try tree.remove(at: path)
            continue
          }
          var lines = try (tree.get(path) ?? (0..<12).map { "\(path) \($0)\n" }.joined())
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
          lines[Int(random.next() % UInt64(lines.count))] = random.word(4)
          try tree.set(lines.joined(separator: "\n"), at: path)
          if random.next() % 5 == 0 { try tree.setExecutable(true, at: path) }
        }
      }
    }
    for _ in 0..<3 { try change(bed.main) }
    let git = try bed.git()
    let draft = try bed.main.fork("draft")
    for round in 0..<8 {
      try change(bed.main)
      try change(draft)
      let preview = try bed.main.previewMerge(draft)
      let theirs = try git.run([
        "-c", "merge.renames=false", "merge-tree", "--write-tree", "--name-only", "--no-messages",
        "main", "draft",
      ])
      let lines = theirs.text.split(separator: "\n").map(String.init)
      #expect(preview.snapshot.id.hex == lines.first, "seed \(seed) round \(round)")
      #expect(Set(preview.conflicts.map(\.place.description)) == Set(lines.dropFirst()))
      #expect(theirs.status == (preview.isClean ? 0 : 1))
      if round % 2 == 0 {
        // Settle by taking the tree with its markers, so that crosses with conflicts come up.
        let old = try #require(try bed.main.head)
        try bed.main.merge(draft, "Main takes draft") { _, _ in true }
        try draft.merge(old, "Draft takes main") { _, _ in true }
      }
    }
    try git("fsck", "--strict")
  }
}
