import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// Settings when the disk fails or the power goes.
@Suite struct ConfigFaultTests {
  private var options: Repository.Options {
    Repository.Options(
      durability: .everyCommit, environment: ProcessEnvironment(variables: [:]), clock: TestClock(),
      random: TestRandom(seed: 1))
  }

  private func made() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    let repository = try Repository.create(at: "/r", in: files, options: options)
    try repository.setConfiguration("user.name", to: "Old")
    return files
  }

  /// The whole file must be the old or the new one: other settings are looked at too.
  private func name(_ files: any FileSystem) throws -> String? {
    let settings = try Repository.open(at: "/r", in: files, options: options).configuration
    #expect(try settings.bool("core.bare") == true)
    #expect(try settings.integer("core.repositoryFormatVersion") == 0)
    return try settings.string("user.name")
  }

  @Test(arguments: ["New", nil])
  func `power loss at any moment leaves the old settings or the new ones`(_ new: String?) throws {
    let files = try made()
    let repository = try Repository.open(at: "/r", in: files, options: options)
    try CrashExplorer(seeds: 6).crash(files) { _ in
      try repository.setConfiguration("user.name", to: new)
    } check: { image, moment in
      let found = try name(image)
      #expect(found == new || found == "Old" && !moment.isComplete, "\(moment)")
    }
  }

  @Test(arguments: [
    FileErrorNumber.inputOutput, FileErrorNumber.noSpace, FileErrorNumber.tooManyOpen,
  ])
  func `a call that fails is told, and leaves the old settings or the new ones`(
    _ errno: Int32
  ) throws {
    try CrashExplorer().fail(on: made, errno: errno) { files in
      let repository = try Repository.open(at: "/r", in: files, options: options)
      try repository.setConfiguration("user.name", to: "New")
    } check: { files, fault, failure in
      let found = try name(files)
      #expect(found == "New" || found == "Old" && failure != nil, "\(fault)")
    }
  }
}
