import Pando
import PandoBytes
import PandoTestKit
import Testing

/// Cherry-picks, reverts, rebases, and merges resolved step by step.
@Suite struct PickingTests {
  /// Main with a base, and a draft with commits of its own.
  private func forked(
    _ backEnd: BackEnd, _ base: [TreePath: String], draft changes: [[TreePath: String?]]
  ) throws -> (bed: TestBed<String>, draft: Branch<String>, commits: [ObjectID]) {
    let bed = try backEnd.bed()
    try bed.main.update("Base") { tree in
      for (path, value) in base { try tree.set(value, at: path) }
    }
    let draft = try bed.main.fork("draft")
    var commits: [ObjectID] = []
    for (number, change) in changes.enumerated() {
      let made = try draft.update("Change \(number)\n\nwith a body") { tree in
        for (path, value) in change {
          if let value { try tree.set(value, at: path) } else { try tree.remove(at: path) }
        }
      }
      commits.append(try #require(made.commit))
    }
    return (bed, draft, commits)
  }

  @Test(arguments: BackEnd.allCases)
  func `a picked change lands with its author and message`(_ backEnd: BackEnd) throws {
    let (bed, draft, commits) = try forked(
      backEnd, ["a": "1", "b": "1"], draft: [["a": "2"], ["b": "2", "c": "3"]])
    let before = try #require(try bed.main.head)
    guard case .merged(let commit) = try bed.main.cherryPick(commits[1]) else {
      Issue.record("not picked")
      return
    }
    #expect(try bed.main.snapshot().contents() == ["a": "1", "b": "2", "c": "3"])
    let (new, old) = (try bed.store.commit(commit), try bed.store.commit(commits[1]))
    #expect(new.parents == [before])
    #expect(new.message == old.message && new.author == old.author)
    #expect(new.committer != old.committer)
    #expect(try bed.main.reflog().last?.message == "cherry-pick: Change 1")
    guard case .upToDate = try bed.main.cherryPick(commits[1]) else {
      Issue.record("picked twice")
      return
    }
    #expect(try bed.main.head == commit)
    #expect(try draft.head == commits[1])
  }

  @Test(arguments: BackEnd.allCases)
  func `a reverted change is gone, and what came after it stays`(_ backEnd: BackEnd) throws {
    let (bed, draft, commits) = try forked(
      backEnd, ["a": "1"], draft: [["a": "2", "b": "x"], ["c": "3"]])
    guard case .merged(let commit) = try draft.revert(commits[0]) else {
      Issue.record("not reverted")
      return
    }
    #expect(try draft.snapshot().contents() == ["a": "1", "c": "3"])
    let message = "Revert \"Change 0\"\n\nThis reverts commit \(commits[0]).\n"
    #expect(try bed.store.commit(commit).message == Array(message.utf8))
  }

  @Test(arguments: BackEnd.allCases)
  func `conflicts leave the branch alone unless they are resolved`(_ backEnd: BackEnd) throws {
    let (bed, _, commits) = try forked(backEnd, ["a": "1\n"], draft: [["a": "2\n"]])
    try bed.main.set("3\n", at: "a", "Ours")
    let before = try bed.main.head
    guard case .conflicted(let conflicts) = try bed.main.cherryPick(commits[0]) else {
      Issue.record("no conflict")
      return
    }
    #expect(conflicts.map(\.path) == ["a"])
    #expect(try conflicts.first?.oursValue() == "3\n" && conflicts.first?.theirsValue() == "2\n")
    #expect(try bed.main.head == before)
    let picked = try bed.main.cherryPick(commits[0]) { _, tree in
      try tree.set("4\n", at: "a")
      return true
    }
    #expect(picked.commit != nil)
    #expect(try bed.main.get("a") == "4\n")
  }

  @Test(arguments: BackEnd.allCases)
  func `merges are picked by one of their parents`(_ backEnd: BackEnd) throws {
    let (bed, draft, _) = try forked(backEnd, ["a": "1"], draft: [["b": "2"]])
    try bed.main.set("3", at: "c", "Ours")
    let other = try bed.main.fork("other")
    let merge = try #require(try bed.main.merge(draft, "Merge").commit)
    #expect(code { try other.cherryPick(merge) } == .invalidInput)
    #expect(code { try other.cherryPick(merge, mainline: 3) } == .invalidInput)
    #expect(try other.cherryPick(merge, mainline: 1).commit != nil)
    #expect(try other.snapshot().contents() == ["a": "1", "b": "2", "c": "3"])
    #expect(try bed.main.revert(merge, mainline: 1).commit != nil)
    #expect(try bed.main.snapshot().contents() == ["a": "1", "c": "3"])
  }

  @Test(arguments: BackEnd.allCases)
  func `a rebased branch has its changes on top, and only once`(_ backEnd: BackEnd) throws {
    let (bed, draft, commits) = try forked(
      backEnd, ["a": "1", "b": "1"], draft: [["a": "2"], ["b": "2"], ["c": "3"]])
    guard case .upToDate = try draft.rebase(onto: bed.main) else {
      Issue.record("rebased for nothing")
      return
    }
    try bed.main.cherryPick(commits[1])
    try bed.main.set("x", at: "x", "Ours")
    let onto = try #require(try bed.main.head)
    guard case .rebased(let tip, let made) = try draft.rebase(onto: bed.main) else {
      Issue.record("not rebased")
      return
    }
    #expect(made.map(\.old) == commits)
    #expect(made.map { $0.new == nil } == [false, true, false])
    #expect(try draft.head == tip)
    #expect(try draft.snapshot().contents() == ["a": "2", "b": "2", "c": "3", "x": "x"])
    var history = try draft.history()
    let subjects = try history.next(3).map {
      String(decoding: $0.commit.message.prefix(8), as: UTF8.self)
    }
    #expect(subjects == ["Change 2", "Change 0", "Ours\n"])
    #expect(try bed.store.commit(try #require(made[0].new)).parents == [onto])
    guard case .upToDate = try draft.rebase(onto: bed.main) else {
      Issue.record("rebased twice")
      return
    }
  }

  @Test(arguments: BackEnd.allCases)
  func `a rebase with conflicts changes nothing unless they are resolved`(
    _ backEnd: BackEnd
  ) throws {
    let (bed, draft, commits) = try forked(
      backEnd, ["a": "1\n"], draft: [["b": "1"], ["a": "2\n"], ["c": "1"]])
    try bed.main.set("3\n", at: "a", "Ours")
    guard case .conflicted(let commit, let conflicts) = try draft.rebase(onto: bed.main) else {
      Issue.record("no conflict")
      return
    }
    #expect(commit == commits[1] && conflicts.map(\.path) == ["a"])
    #expect(try draft.head == commits[2])
    let result = try draft.rebase(onto: bed.main) { _, _, tree in
      try tree.set("4\n", at: "a")
      return true
    }
    guard case .rebased = result else {
      Issue.record("not rebased")
      return
    }
    #expect(try draft.snapshot().contents() == ["a": "4\n", "b": "1", "c": "1"])
  }

  @Test(arguments: BackEnd.allCases)
  func `a merge is resolved step by step`(_ backEnd: BackEnd) throws {
    let (bed, draft, _) = try forked(
      backEnd, ["a": "1\n", "b": "1\n", "c": "1\n", "d": "1\n"],
      draft: [["a": "2\n", "b": "2\n", "c": "2\n", "d": nil, "e": "new"]])
    try bed.main.update("Ours") { tree in
      for path in ["a", "b", "c", "d"] as [TreePath] { try tree.set("3\n", at: path) }
    }
    let before = try bed.main.head
    do {
      // Dropped, it leaves no trace.
      let begun = try bed.main.beginMerge(draft)
      #expect(begun?.conflicts.count == 4)
    }
    #expect(try bed.main.head == before)
    guard var merge = try bed.main.beginMerge(draft) else {
      Issue.record("nothing to merge")
      return
    }
    #expect(merge.conflicts.map(\.path) == ["a", "b", "c", "d"])
    try merge.resolve("a", taking: .ours)
    try merge.resolve("b", taking: .theirs)
    try merge.resolve("c", with: "4\n")
    #expect(merge.conflicts.map(\.path) == ["d"])
    do {
      try merge.resolve("a", taking: .base)
      Issue.record("resolved twice")
    } catch { #expect(error.code == .notFound) }
    try merge.resolve("d", taking: .theirs)
    try merge.tree.set("more", at: "f")
    let commit = try merge.commit("Resolved")
    #expect(
      try bed.main.snapshot().contents()
        == ["a": "3\n", "b": "2\n", "c": "4\n", "e": "new", "f": "more"])
    #expect(try bed.store.commit(commit).parents == [before, try draft.head])
    #expect(try bed.main.beginMerge(draft) == nil)
  }

  @Test(arguments: BackEnd.allCases)
  func `a merge is not committed with conflicts, nor onto what others made`(
    _ backEnd: BackEnd
  ) throws {
    let (bed, draft, _) = try forked(backEnd, ["a": "1\n"], draft: [["a": "2\n"]])
    try bed.main.set("3\n", at: "a", "Ours")
    if let merge = try bed.main.beginMerge(draft) {
      do {
        try merge.commit("Too early")
        Issue.record("committed with conflicts")
      } catch { #expect(error.code == .invalidInput) }
    }
    guard var merge = try bed.main.beginMerge(draft) else {
      Issue.record("nothing to merge")
      return
    }
    try merge.accept("a")
    try bed.main.set("meanwhile", at: "b", "Another")
    let head = try bed.main.head
    do {
      try merge.commit("Too late")
      Issue.record("committed onto what others made")
    } catch { #expect(error.code == .conflictingUpdate) }
    #expect(try bed.main.head == head)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `picks and reverts give the trees and messages that git's do`(_ seed: UInt64) throws {
    let bed = try BackEnd.disk.bed()
    var random = SeededRandom(seed: seed)
    func change(_ branch: Branch<String>, _ name: String) throws {
      try branch.update(CommitInfo(name), options: UpdateOptions(allowsEmpty: true)) { tree in
        for _ in 0..<2 {
          let path: TreePath = "\(random.word(1))/\(random.word(1))"
          // No file is like another, so that none passes for renamed.
          let lines = (0..<12).map { line in
            "\(path) \(line) \(random.next() % 4 == 0 ? random.word(2) : "x")\n"
          }
          try tree.set(lines.joined(), at: path)
        }
      }
    }
    for number in 0..<4 { try change(bed.main, "Base \(number)") }
    let draft = try bed.main.fork("draft")
    for number in 0..<8 { try change(draft, "Draft \(number)") }
    for number in 0..<3 { try change(bed.main, "Main \(number)") }
    let git = try bed.git()
    try git("worktree", "add", "-q", "--detach", "../tree", "main")
    let tree = GitOracle(in: "\(bed.directory?.path ?? "")/tree")
    var clean = 0
    for commit in try git("rev-list", "main..draft").lines + git("rev-list", "-5", "main").lines {
      for verb in ["cherry-pick", "revert"] {
        try tree("checkout", "-q", "--detach", "main")
        let words = verb == "revert" ? [verb, "--no-edit", commit] : [verb, commit]
        let wanted = try tree.run(words)
        let branch = try bed.main.fork("try-\(verb)-\(commit)")
        let id = try #require(ObjectID(hex: commit))
        let result = try verb == "revert" ? branch.revert(id) : branch.cherryPick(id)
        switch result {
        case .merged(let made):
          clean += 1
          #expect(wanted.status == 0, "\(verb) \(commit)")
          let format = "--format=%T %an %ae %B"
          #expect(
            try tree("log", "-1", format).text.drop { $0 != " " }
              .hasSuffix(git("log", "-1", "--format=%B", made.hex).text))
          #expect(
            try tree("rev-parse", "HEAD^{tree}").line == git("rev-parse", "\(made)^{tree}").line)
        case .conflicted(let conflicts):
          #expect(wanted.status != 0)
          let unmerged = try tree("diff", "--name-only", "--diff-filter=U").lines
          #expect(conflicts.map(\.path.description) == unmerged)
          try tree("reset", "-q", "--hard")
        default:
          // Nothing to do: git stops with an empty pick.
          #expect(wanted.status != 0)
          try tree("reset", "-q", "--hard")
        }
        _ = try tree.run([verb, "--quit"])
      }
    }
    #expect(clean > 3)
  }
}
