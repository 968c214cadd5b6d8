internal import PandoBytes
package import PandoObjects
internal import Synchronization

/// What `--strict` asks of the objects of a pack. Threads call it at once.
package protocol PackContentCheck: Sendable {
  /// Looks at an object; `body` is nil for a large blob.
  func check(
    _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?
  ) throws(PandoError)

  /// Whether large blobs, too, are to be given whole.
  var wantsLargeBlobs: Bool { get }

  /// Called when all objects are known and before any is published: `kind` tells that of one in the
  /// pack, and `read` reads it; nil for no such.
  func finish(
    _ kind: (ObjectID) -> ObjectKind?,
    _ read: (ObjectID) throws(PandoError) -> RawObject?
  ) throws(PandoError)
}

extension PackContentCheck {
  package var wantsLargeBlobs: Bool { false }
}

/// Looks at each object of a pack once: it must equal the object of its name that is there already,
/// and stand the checks that were asked for.
final class PackInspection: PackInspector {
  private let objects: (any ObjectReader)?
  private let database: ObjectDatabase?
  let checks: (any PackContentCheck)?
  private let algorithm: HashAlgorithm
  /// Large blobs that are there already, to be compared at the end.
  private let large = Mutex<[Int]>([])

  init(
    _ objects: (any ObjectReader)?, _ checks: (any PackContentCheck)?, _ algorithm: HashAlgorithm
  ) {
    self.objects = objects
    database = objects as? ObjectDatabase
    self.checks = checks
    self.algorithm = algorithm
  }

  var wantsLargeBlobs: Bool { checks?.wantsLargeBlobs ?? false }

  /// The numbers of large blobs that must be compared with what is there.
  var waiting: [Int] { large.withLock { $0 } }

  func inspect(
    _ number: Int, _ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>?
  ) throws(PandoError) {
    if try isKnown(id) {
      if let body {
        try compare(id, kind, body)
      } else {
        large.withLock { $0.append(number) }
      }
    }
    try checks?.check(id, kind, body)
  }

  private func isKnown(_ id: ObjectID) throws(PandoError) -> Bool {
    if let database { return try database.remembers(id) }
    return try objects?.contains(id) ?? false
  }

  /// Compares an object with the one of its name that is there.
  func compare(_ id: ObjectID, _ kind: ObjectKind, _ body: Span<UInt8>) throws(PandoError) {
    guard let object = try objects?.read(id) else {
      throw PandoError(.notFound, "cannot read existing object \(id)")
    }
    let isSame =
      object.kind == kind && object.body.count == body.count
      && body.isEqual(to: object.body.span)
    guard isSame else { throw PandoError(.corrupt, "SHA1 COLLISION FOUND WITH \(id) !") }
  }
}

extension Span<UInt8> {
  /// Whether both have the same bytes.
  fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var index = 0
    while index + 8 <= count {
      if bigEndianUInt64(at: index) != other.bigEndianUInt64(at: index) { return false }
      index += 8
    }
    while index < count {
      if self[index] != other[index] { return false }
      index += 1
    }
    return true
  }
}

extension ObjectDatabase {
  /// Whether an object is in a pack that is known, or is loose as far as it is remembered: for many
  /// questions in a row. What others write meanwhile may be left out.
  func remembers(_ id: ObjectID) throws(PandoError) -> Bool {
    if try sources().find(id) != nil { return true }
    let first = UInt8(truncatingIfNeeded: id.digest.leadingWord >> 56)
    let remembered = looseNames.withLock { $0[first] }
    if let remembered { return remembered.contains(id) }
    var loose: [ObjectID] = []
    for place in loosePlaces { loose += try place.ids(startingWith: first) }
    looseNames.withLock { $0[first] = loose }
    return loose.contains(id)
  }
}
