import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Maintenance when the disk fails or the power goes")
struct MaintenanceFaultTests {
  enum Work: String, CaseIterable, Sendable {
    case prune, packReferences, expireReflogs
    case incremental, all, loosening, keeping, cruft, geometric, multiPack, bitmaps, collect

    private func repack(
      _ repository: Repository, _ mode: Repacking.Mode,
      _ change: (inout Repacking.Options) -> Void = { _ in }
    ) throws {
      var options = Repacking.Options()
      options.mode = mode
      options.removesRedundant = true
      options.builder.threads = 1
      change(&options)
      _ = try Repacking(repository, options: options).run()
    }

    private func prune(_ repository: Repository) throws {
      let database = try #require(repository.objects as? ObjectDatabase)
      try Pruning(
        database, roots: MaintenanceRoots(repository), cutoff: MaintenanceFixture.now
      ).run()
    }

    func run(_ files: any FileSystem) throws {
      let repository = try MaintenanceFixture.open(files)
      let references = try #require(repository.references as? FileReferences)
      switch self {
      case .prune: try prune(repository)
      case .packReferences: try references.pack()
      case .expireReflogs:
        for (references, name) in try ReflogExpiry.logs(of: repository) {
          try ReflogExpiry(references, objects: repository.objects).expire(
            name, .init(total: .max, unreachable: .max))
        }
      case .incremental: try repack(repository, .incremental)
      case .all: try repack(repository, .all)
      case .loosening: try repack(repository, .allLoosening)
      case .keeping: try repack(repository, .allKeeping)
      case .cruft: try repack(repository, .cruft)
      case .geometric: try repack(repository, .geometric(factor: 2))
      case .multiPack: try repack(repository, .all) { $0.writesMultiPackIndex = true }
      case .bitmaps: try repack(repository, .all) { $0.writesBitmaps = true }
      case .collect:
        try references.pack()
        try repack(repository, .all) { $0.writesMultiPackIndex = true }
        try repack(repository, .all) { $0.builder.reusesObjects = false }
        try prune(repository)
      }
    }
  }

  private static func disk() throws -> MemoryFileSystem { try MaintenanceFixture.disk() }

  private static func references(_ files: any FileSystem) throws -> [Reference] {
    try MaintenanceFixture.open(files).references.references(withPrefix: "refs/")
  }

  @Test("power loss at any moment loses no object that is needed", arguments: Work.allCases)
  func powerLoss(work: Work) throws {
    let files = try Self.disk()
    let count = try MaintenanceFixture.readAll(files)
    let before = try Self.references(files)
    try #require(before.count == 1 && count >= 18)
    try CrashExplorer(seeds: 1).crash(files) {
      try work.run($0)
    } check: { image, moment in
      do {
        #expect(try MaintenanceFixture.readAll(image) == count, "\(work) \(moment)")
        #expect(try Self.references(image).map(\.target) == before.map(\.target))
      } catch {
        Issue.record("\(work) \(moment): \(error)")
      }
    }
    // What was tried is not nothing.
    #expect(try MaintenanceFixture.readAll(files) == count)
  }

  /// Calls are many and alike: a sample of them fails, another one for each kind of work.
  @Test("a call that fails is told, and loses no object that is needed", arguments: Work.allCases)
  func failures(work: Work) throws {
    let sound = try Self.disk()
    let count = try MaintenanceFixture.readAll(sound)
    func copy() -> MemoryFileSystem { sound.crashImage(losing: .nothing) }
    let counting = FaultyFileSystem(copy())
    try work.run(counting)
    let calls = counting.calls
    let stride = max(1, calls.count / 20)
    let start = work.rawValue.utf8.count % stride
    var toldCount = 0
    for call in Swift.stride(from: start, to: calls.count, by: stride) {
      for fault in [FaultyFileSystem.Fault.call(call), .from(call)] {
        let files = copy()
        do { try work.run(FaultyFileSystem(files, failing: fault)) } catch { toldCount += 1 }
        do {
          #expect(try MaintenanceFixture.readAll(files) == count, "\(work) \(fault)")
        } catch {
          Issue.record("\(work) \(fault), \(calls[call]): \(error)")
        }
      }
    }
    #expect(toldCount > 0)
  }
}
