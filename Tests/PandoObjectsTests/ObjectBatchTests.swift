import PandoBytes
import PandoTestKit
import Testing

@testable import PandoObjects

@Suite struct ObjectBatchTests {
  /// Versions of a body of `width` bytes, of which each changes a few, with the deltas between.
  private func versions(_ count: Int, width: Int) throws -> [(RawObject, ObjectID, [UInt8]?)] {
    var random = SeededRandom(seed: 7)
    var body = (0..<width).map { _ in UInt8.random(in: 0...255, using: &random) }
    var result = [(RawObject(kind: .tree, body: body), [UInt8]?.none)]
    for _ in 1..<count {
      let place = Int.random(in: 0..<body.count, using: &random)
      let end = min(body.count, place + 4)
      let new: [UInt8] = (0..<6).map { _ in UInt8.random(in: 0...255, using: &random) }
      var delta = DeltaBuilder(base: body.count, result: body.count - (end - place) + new.count)
      delta.copy(0..<place)
      delta.insert(new)
      delta.copy(end..<body.count)
      body.replaceSubrange(place..<end, with: new)
      result.append((RawObject(kind: .tree, body: body), delta.bytes))
    }
    return try result.map { ($0, try $0.id(.sha1), $1) }
  }

  @Test(arguments: [1, 50, 51, 52, 400])
  func `versions are kept as deltas and come out whole`(_ count: Int) throws {
    let versions = try versions(count, width: 40_000)
    var batch = ObjectBatch(.sha1)
    for (number, (object, id, delta)) in versions.enumerated() {
      let base = number == 0 ? id : versions[number - 1].1
      batch.insert(object, named: id, from: delta.map { BatchDelta(base: base, bytes: $0) })
    }
    #expect(batch.ids == versions.map(\.1))
    for (object, id, _) in versions {
      let isSame = batch[id] == object
      #expect(isSame && batch.header(of: id) == object.header && batch.contains(id))
    }
    // About one body, and no chain that is longer than git's.
    #expect(batch.byteCount < 40_000 + count * 400)
    var depths: [ObjectID: Int] = [:]
    for id in batch.ids { depths[id] = batch.delta(of: id).map { (depths[$0.base] ?? 0) + 1 } ?? 0 }
    #expect(depths.values.max() == min(count - 1, 50))
  }

  @Test func `what stands on an object of another batch is kept whole until both are one`() throws {
    let versions = try versions(3, width: 1000)
    var all = ObjectBatch(.sha1)
    for (number, (object, id, delta)) in versions.enumerated() {
      var one = ObjectBatch(.sha1)
      let base = number == 0 ? id : versions[number - 1].1
      one.insert(object, named: id, from: delta.map { BatchDelta(base: base, bytes: $0) })
      #expect(one.delta(of: id) == nil && one.byteCount == object.body.count)
      all.insert(contentsOf: one)
      #expect((all.delta(of: id) == nil) == (number == 0))
    }
    #expect(all.count == 3)
  }

  @Test func `a body that changed much starts anew`() throws {
    let versions = try versions(2, width: 8)
    var batch = ObjectBatch(.sha1)
    batch.insert(versions[0].0, named: versions[0].1)
    let delta = try #require(versions[1].2)
    batch.insert(
      versions[1].0, named: versions[1].1, from: BatchDelta(base: versions[0].1, bytes: delta))
    #expect(batch.delta(of: versions[1].1) == nil)
  }
}
