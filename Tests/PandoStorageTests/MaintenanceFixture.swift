import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit

@testable import PandoStorage

/// Repositories in memory that maintenance is tried on.
struct MaintenanceFixture {
  static let now: Int64 = 1_700_000_000

  static func options() -> Repository.Options {
    Repository.Options(
      environment: ProcessEnvironment(variables: [:]), clock: TestClock(seconds: now),
      random: TestRandom(seed: 7))
  }

  static func open(_ files: any FileSystem) throws -> Repository {
    try Repository.open(at: "/r", in: files, options: options())
  }

  /// A bare repository of some commits: two packs, loose objects, a branch, a packed tag, and
  /// things that nothing leads to. Everything is on the disk, and old.
  static func disk() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock(seconds: now - 100 * 86_400))
    var create = Repository.CreateOptions()
    create.isBare = true
    let repository = try Repository.create(
      at: "/r", create, in: files, options: options())
    var parent: ObjectID?
    for number in 0..<6 {
      parent = try commit(repository, number, parent: parent)
      if number % 2 == 1 { try pack(repository) }
    }
    // Nothing leads to these.
    _ = try repository.objects.write(.blob, Array("lost".utf8))
    _ = try commit(repository, 99, parent: parent, branch: nil)
    return files
  }

  /// Adds a commit to a branch.
  @discardableResult
  static func commit(
    _ repository: Repository, _ number: Int, parent: ObjectID?, branch: String? = "main"
  ) throws -> ObjectID {
    let text = (0...number).map { "line \($0)\n" }.joined()
    let blob = try repository.objects.write(.blob, Array(text.utf8))
    var tree: [UInt8] = Array("100644 file\0".utf8)
    blob.digest.append(to: &tree)
    let root = try repository.objects.write(.tree, tree)
    var body = "tree \(root)\n"
    if let parent { body += "parent \(parent)\n" }
    let who = "A <a@b> \(now - 100 * 86_400 + Int64(number)) +0000"
    body += "author \(who)\ncommitter \(who)\n\ncommit \(number)\n"
    let id = try repository.objects.write(.commit, Array(body.utf8))
    if let branch {
      try repository.references.apply(
        [ReferenceEdit(try .branch(branch), .set(.direct(id)))], note: nil)
    }
    return id
  }

  /// Puts the loose objects into a pack.
  static func pack(_ repository: Repository) throws {
    var options = Repacking.Options()
    options.removesRedundant = true
    _ = try Repacking(repository, options: options).run()
  }

  /// Reads all that can be reached, and returns how many objects that are; throws when one is
  /// missing or damaged.
  static func readAll(_ files: any FileSystem) throws -> Int {
    let repository = try open(files)
    var reachable = ReachableObjects(repository.objects)
    try MaintenanceRoots(repository).add(to: &reachable)
    var count = 0
    try reachable.mark { (item) throws(PandoError) in
      guard let object = try repository.objects.read(item.id) else { throw .missing(item.id) }
      let real = try object.id(repository.hashAlgorithm)
      guard real == item.id else { throw PandoError(.corrupt, "\(item.id) is \(real)") }
      count += 1
    }
    return count
  }
}
