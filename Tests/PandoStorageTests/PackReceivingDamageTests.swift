import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoTestKit
import Testing

@Suite("Receiving packs that are wrong: an error, and nothing left behind")
struct PackReceivingDamageTests {
  /// Indexes a stream in memory; expects an error with these words, and an empty directory.
  private func expectRefused(
    _ bytes: [UInt8], _ words: String?, _ comment: Comment? = nil,
    _ options: PackIndexer.Options = .init()
  ) throws {
    let files = MemoryFileSystem(clock: TestClock())
    try files.createDirectory("/pack", permissions: 0o777)
    let indexer = PackIndexer(.sha1, files: files, options: options)
    do {
      _ = try indexer.index(stream: MemoryInput(bytes), in: "/pack")
      Issue.record("was accepted: \(comment ?? "")")
    } catch {
      if let words { #expect(error.message == words, comment) }
    }
    #expect(try files.list("/pack")?.isEmpty == true, comment)
  }

  private static let text = Array("some text to be a base of deltas".utf8)
  private static let copy = PackSample.delta(base: text.count, keeping: 8, then: [1])

  /// A pack with one entry of each form.
  private static func sound() throws -> [UInt8] {
    PackSample([
      .blob(text), .offset(0, copy), .named(try PackSample.id(text), copy + [1, 7]), .blob([]),
    ]).bytes
  }

  @Test("each broken rule, in git's words")
  func rules() throws {
    let start = 12
    let base = PackSample.Entry.blob(Self.text)
    func bad(_ entries: [PackSample.Entry], _ words: String?, _ comment: Comment) throws {
      try expectRefused(PackSample(entries).bytes, words, comment)
    }
    let first = "pack has bad object at offset \(start): "
    try bad([.raw(type: 0, claim: 1, [1])], first + "unknown object type 0", "type 0")
    try bad([.raw(type: 5, claim: 1, [1])], first + "unknown object type 5", "type 5")
    try bad([.raw(type: 3, claim: 2, [1])], first + "inflate returned 1", "claims more")
    try bad([.raw(type: 3, claim: 1, [1, 2])], first + "inflate returned -5", "claims less")
    try bad([.raw(type: 3, claim: 1 << 31, [1])], first + "inflate returned 1", "claims 2 GiB")
    try bad([.raw(type: 3, claim: 1 << 40, [1])], nil, "claims a tebibyte")
    try bad([.raw(type: 3, claim: .max, [1])], nil, "claims all there is")
    let overlong = [UInt8](repeating: 0xFF, count: 12) + [0x7F]
    try bad([.bytes([0xB0] + overlong)], nil, "a size above 64 bits")
    try bad([.bytes([0x60 | 1] + overlong)], nil, "a distance above 64 bits")
    let second = "pack has bad object at offset "
    let away = second + "\(start + PackSample([base]).body.count - 12): "
    try bad([base, .distance(0, Self.copy)], away + "delta base offset is out of bound", "itself")
    try bad([base, .distance(4000, Self.copy)], away + "delta base offset is out of bound", "far")
    try bad([base, .distance(3, Self.copy)], "pack has 1 unresolved delta", "inside an entry")
    try bad(
      [.named(try PackSample.id([1]), Self.copy)], "pack has 1 unresolved delta", "absent base")
    let small = PackSample.delta(base: 2, keeping: 2, then: [1])
    try bad([base, .offset(0, small)], away + "failed to apply delta", "another base size")
    let huge = PackSample.delta(base: Self.text.count, result: 1 << 50, [0x90, 3])
    try bad([base, .offset(0, huge)], away + "failed to apply delta", "a huge result")
    let lying = PackSample.delta(base: Self.text.count, result: 200, [0x90, 3])
    try bad([base, .offset(0, lying)], away + "failed to apply delta", "a short result")
    try bad([base, .offset(0, [])], away + "failed to apply delta", "an empty delta")
    let reserved = PackSample.delta(base: Self.text.count, result: 3, [0, 0x90, 3])
    try bad([base, .offset(0, reserved)], away + "failed to apply delta", "opcode 0")
    let outside = PackSample.delta(base: Self.text.count, result: 64, [0x90, 64])
    try bad([base, .offset(0, outside)], away + "failed to apply delta", "leaves the base")
    try expectRefused(PackSample([base], claim: 2).bytes, nil, "claims an entry more")
    try expectRefused(PackSample([base, base], claim: 1).bytes, nil, "claims an entry less")
    try expectRefused(PackSample([base], claim: 1 << 31).bytes, nil, "claims two thousand million")
  }

  @Test("rings of deltas by name are never resolved, and never followed")
  func rings() throws {
    // No digest of a ring is known, so no ring can close: names that nothing has stand for it.
    let ids = try (0..<3).map { try PackSample.id([UInt8($0)]) }
    let entries = (0..<3).map { PackSample.Entry.named(ids[($0 + 1) % 3], Self.copy) }
    try expectRefused(PackSample(entries).bytes, "pack has 3 unresolved deltas")
  }

  @Test("cut short at every byte")
  func truncations() throws {
    let pack = try Self.sound()
    for length in 0..<pack.count {
      try expectRefused(Array(pack.prefix(length)), "early EOF", "\(length)")
    }
  }

  @Test("with any bits flipped, trailer included")
  func flips() throws {
    let pack = try Self.sound()
    try Damage.bitFlips(of: pack, rounds: 600, seed: 3) { damaged in
      if damaged != pack { try expectRefused(damaged, nil) }
    }
  }

  @Test("with any bits flipped and a checksum that is right, nothing but an error or the truth")
  func closedFlips() throws {
    let body = Array(try Self.sound().dropLast(20))
    try Damage.bitFlips(of: body, rounds: 600, seed: 4) { damaged in
      let files = MemoryFileSystem(clock: TestClock())
      try files.createDirectory("/pack", permissions: 0o777)
      let indexer = PackIndexer(.sha1, files: files)
      let bytes = PackSample.closed(damaged)
      guard let received = try? indexer.index(stream: MemoryInput(bytes), in: "/pack") else {
        #expect(try files.list("/pack")?.isEmpty == true)
        return
      }
      let place = try received.publish(.init())
      let reader = try PackReader(place.path, algorithm: .sha1, files: files)
      try reader.forEachObject { id, object in try #expect(object.id(.sha1) == id) }
    }
  }

  @Test("above the limits that are set")
  func limits() throws {
    var options = PackIndexer.Options()
    options.inputBytesMax = 40
    try expectRefused(
      try Self.sound(), "pack exceeds maximum allowed size (40 bytes)", nil, options)
    options = .init()
    options.objectBytesMax = 1000
    let zeros = [UInt8](repeating: 0, count: 1001)
    try expectRefused(PackSample([.blob(zeros)]).bytes, nil, "an object", options)
    let grown = PackSample.delta(base: 9, result: 1026, [UInt8](repeating: 0x90, count: 1) + [9])
    try expectRefused(
      PackSample([.blob([UInt8](repeating: 1, count: 9)), .offset(0, grown)]).bytes, nil,
      "a delta's result", options)
  }
}

@Suite("Publishing packs: after any crash, whole or not there")
struct PackPublishingTests {
  private static let algorithm = HashAlgorithm.sha1
  private static let texts = (0..<5).map { Array("text number \($0) of a few".utf8) }

  private static func pack() -> [UInt8] {
    var entries = texts.map { PackSample.Entry.blob($0) }
    for text in texts {
      let delta = PackSample.delta(base: text.count, keeping: 6, then: [65])
      entries.append(.offset(0, delta))
    }
    return PackSample(entries).bytes
  }

  private static func disk() throws -> MemoryFileSystem {
    let files = MemoryFileSystem(clock: TestClock())
    try files.createDirectories("/o/pack")
    try files.synchronizeDirectory("/")
    try files.synchronizeDirectory("/o")
    return files
  }

  private static func receive(_ files: any FileSystem) throws {
    var options = PackIndexer.Options()
    options.threads = 1
    let indexer = PackIndexer(
      algorithm, files: files, options: options, random: TestRandom(seed: 1))
    var publication = ReceivedPack.Publication()
    publication.writesReverseIndex = true
    publication.keep = Array("because".utf8)
    _ = try indexer.index(stream: MemoryInput(pack()), in: "/o/pack").publish(publication)
  }

  /// Whether the objects are there; if any is, all must be.
  private static func isPublished(_ files: MemoryFileSystem) throws -> Bool {
    let database = try ObjectDatabase("/o", algorithm: algorithm, files: files)
    let ids = try database.ids()
    for id in ids { try #expect(database.read(id)?.id(algorithm) == id) }
    for text in texts where !ids.isEmpty { try #expect(ids.contains(PackSample.id(text))) }
    return !ids.isEmpty
  }

  @Test("power loss leaves the whole pack or none, and what was promised")
  func crashes() throws {
    try CrashExplorer().crash(Self.disk()) {
      try Self.receive($0)
    } check: { files, moment in
      let isPublished = try Self.isPublished(files)
      if moment.isComplete { #expect(isPublished, "\(moment)") }
    }
  }

  @Test("a failing call leaves nothing visible, and no temporary file that could be removed")
  func failures() throws {
    try CrashExplorer().fail(on: Self.disk) {
      try Self.receive($0)
    } check: { files, fault, error in
      let isPublished = try Self.isPublished(files)
      if error == nil { #expect(isPublished, "\(fault)") }
      let left = try (files.list("/o/pack") ?? []).map(\.name).filter { $0.hasPrefix("tmp_") }
      guard case .call = fault else { return }
      // The one call that fails may be that which removes the file.
      #expect(left.count <= 1, "\(fault) left \(left)")
    }
  }
}
