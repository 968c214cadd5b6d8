import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("References when the disk fails or the power goes")
struct ReferenceFaultTests {
  private static let first = ObjectID(hex: String(repeating: "1", count: 40))
  private static let second = ObjectID(hex: String(repeating: "2", count: 40))

  private func open(_ files: any FileSystem) -> FileReferences {
    FileReferences(
      gitDirectory: "/r", commonDirectory: "/r", hashAlgorithm: .sha1, in: files,
      options: .init(clock: TestClock(), random: TestRandom(seed: 1)))
  }

  /// References `a` (packed, with a newer file), `b` (a file) and `c` (packed).
  private func disk() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    let first = try #require(Self.first)
    try files.createDirectories("/r/refs/heads", durability: .everyCommit)
    try files.replaceContents(
      of: "/r/HEAD", with: Array("ref: refs/heads/a\n".utf8), durability: .everyCommit)
    let packed =
      "# pack-refs with: peeled fully-peeled sorted \n"
      + "\(Self.second?.hex ?? "") refs/heads/a\n\(first) refs/heads/c\n"
    try files.replaceContents(
      of: "/r/packed-refs", with: Array(packed.utf8), durability: .everyCommit)
    for name in ["a", "b"] {
      try files.replaceContents(
        of: "/r/refs/heads" / name, with: Array("\(first)\n".utf8), durability: .everyCommit)
    }
    return files
  }

  private struct Change: Sendable, CustomStringConvertible {
    let description: String
    let edits: @Sendable (ObjectID) throws -> [ReferenceEdit]
  }

  private static let changes: [Change] = [
    Change(description: "move a") { [ReferenceEdit(try .branch("a"), .set(.direct($0)))] },
    Change(description: "make d/e") {
      [ReferenceEdit(try .branch("d/e"), .set(.direct($0)), expected: .absent)]
    },
    Change(description: "delete a") { _ in [ReferenceEdit(try .branch("a"), .delete)] },
    Change(description: "delete b") { _ in [ReferenceEdit(try .branch("b"), .delete)] },
    Change(description: "delete c") { _ in [ReferenceEdit(try .branch("c"), .delete)] },
    Change(description: "all at once") {
      [
        ReferenceEdit(.head, .set(.direct($0))), ReferenceEdit(try .branch("b"), .delete),
        ReferenceEdit(try .branch("c"), .delete),
        ReferenceEdit(try .branch("d/e"), .set(.direct($0))),
      ]
    },
  ]

  private func values(_ files: any FileSystem) throws -> [String: ObjectID?] {
    let references = open(files)
    var values: [String: ObjectID?] = [:]
    for name in ["a", "b", "c", "d/e"] {
      values[name] = .some(try references.id(of: .branch(name)))
    }
    return values
  }

  private func check(
    _ files: any FileSystem, before: [String: ObjectID?], after: [String: ObjectID?],
    isDone: Bool, _ comment: Comment
  ) throws {
    let found = try values(files)
    for (name, value) in found {
      if isDone {
        #expect(value == after[name], "\(name)", sourceLocation: #_sourceLocation)
      } else {
        #expect(value == before[name] || value == after[name], comment)
      }
    }
  }

  @Test(
    "power loss at any moment leaves old or new values, and new ones once it has returned",
    arguments: 0..<6)
  func powerLoss(index: Int) throws {
    let change = Self.changes[index]
    let second = try #require(Self.second)
    let files = try disk()
    let before = try values(files)
    let copy = files.crashImage(losing: .nothing)
    try open(copy).apply(change.edits(second), note: ReferenceFixture.note)
    let after = try values(copy)
    #expect(before != after)
    try CrashExplorer(seeds: 6).crash(files) { files in
      try open(files).apply(change.edits(second), note: ReferenceFixture.note)
    } check: { image, moment in
      try check(
        image, before: before, after: after, isDone: moment.isComplete, "\(change) \(moment)")
    }
  }

  @Test("power loss while a reference is renamed leaves its value under one of the names at least")
  func powerLossWhileRenaming() throws {
    let first = try #require(Self.first)
    let (old, new) = (try ReferenceName.branch("b"), try ReferenceName.branch("n/b"))
    let files = try disk()
    try CrashExplorer(seeds: 6).crash(files) { files in
      try open(files).rename(old, to: new, note: ReferenceFixture.note)
    } check: { image, moment in
      let references = open(image)
      let found = [try references.id(of: old), try references.id(of: new)]
      #expect(found.contains(first), "\(moment)")
      if moment.isComplete { #expect(found == [nil, first], "\(moment)") }
    }
  }

  /// Moves, makes and deletes, packed references and those with files of their own.
  private func changesInOneStep(_ id: ObjectID) throws -> [ReferenceEdit] {
    [
      ReferenceEdit(try .branch("a"), .set(.direct(id))), ReferenceEdit(try .branch("b"), .delete),
      ReferenceEdit(try .branch("c"), .set(.direct(id))),
      ReferenceEdit(try .branch("d/e"), .set(.direct(id)), expected: .absent),
    ]
  }

  @Test("power loss leaves all old values or all new ones where one file has them")
  func powerLossInOneStep() throws {
    let second = try #require(Self.second)
    let files = try disk()
    let before = try values(files)
    let copy = files.crashImage(losing: .nothing)
    try open(copy).applyInOneStep(changesInOneStep(second), note: ReferenceFixture.note)
    let after = try values(copy)
    #expect(after == ["a": second, "b": nil, "c": second, "d/e": second])
    try CrashExplorer(seeds: 8).crash(files) { files in
      try open(files).applyInOneStep(changesInOneStep(second), note: ReferenceFixture.note)
    } check: { image, moment in
      let found = try values(image)
      #expect(found == after || found == before && !moment.isComplete, "\(moment)")
    }
  }

  @Test("so does a call that fails, and no lock is left")
  func failuresInOneStep() throws {
    let second = try #require(Self.second)
    let before = try values(try disk())
    let copy = try disk()
    let counting = FaultyFileSystem(copy)
    try open(counting).applyInOneStep(changesInOneStep(second), note: ReferenceFixture.note)
    let after = try values(copy)
    try CrashExplorer().fail(on: disk, errno: FileErrorNumber.noSpace) { files in
      try open(files).applyInOneStep(changesInOneStep(second), note: ReferenceFixture.note)
    } check: { files, fault, error in
      let found = try values(files)
      #expect(found == after || found == before && error != nil, "\(fault)")
      if case .call(let call) = fault { try checkLocks(files, "\(counting.calls[call])") }
    }
  }

  @Test(
    "a call that fails leaves old or new values, no lock, and all old ones before the first change",
    arguments: 0..<6)
  func failures(index: Int) throws {
    let change = Self.changes[index]
    let second = try #require(Self.second)
    let counting = FaultyFileSystem(try disk())
    let before = try values(counting)
    let start = counting.callCount
    try open(counting).apply(change.edits(second), note: ReferenceFixture.note)
    let calls = counting.calls
    let after = try values(counting)
    for call in start..<calls.count {
      for fault in [FaultyFileSystem.Fault.call(call), .from(call)] {
        let files = try disk()
        let faulty = FaultyFileSystem(files, failing: fault)
        _ = try values(faulty)
        var isDone = false
        do {
          try open(faulty).apply(change.edits(second), note: ReferenceFixture.note)
          isDone = true
        } catch {}
        try check(
          files, before: before, after: after, isDone: isDone, "\(change), \(fault): \(calls[call])"
        )
        if case .call = fault { try checkLocks(files, "\(change), \(fault): \(calls[call])") }
      }
    }
  }

  /// No lock is left but one whose removal was what failed.
  private func checkLocks(_ files: MemoryFileSystem, _ comment: Comment) throws {
    var left: [FilePath] = []
    var pending: [FilePath] = ["/r"]
    while let path = pending.popLast() {
      for entry in try files.list(path) ?? [] {
        let child = path / entry.name
        if entry.kind == .directory { pending.append(child) }
        if entry.name.hasSuffix(".lock") { left.append(child) }
      }
    }
    #expect(
      left.count
        <= (comment.rawValue.contains("unlink") || comment.rawValue.contains("remove") ? 1 : 0),
      comment)
  }
}
