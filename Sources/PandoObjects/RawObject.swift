public import PandoBytes

/// An object's kind and body size in bytes, known without reading the body.
@frozen
public struct ObjectHeader: Hashable, Sendable {
  /// The kind.
  public let kind: ObjectKind
  /// The body's size in bytes.
  public let size: Int

  /// Describes a body of `size` bytes.
  public init(kind: ObjectKind, size: Int) {
    self.kind = kind
    self.size = size
  }
}

/// An object as stored: its kind and the exact bytes of its body.
@frozen
public struct RawObject: Hashable, Sendable {
  /// The kind.
  public let kind: ObjectKind
  /// The bytes after the header.
  public let body: [UInt8]

  /// Wraps a body without looking at it.
  public init(kind: ObjectKind, body: [UInt8]) {
    self.kind = kind
    self.body = body
  }

  /// Kind and size.
  public var header: ObjectHeader { ObjectHeader(kind: kind, size: body.count) }

  /// Computes the object's name. O(n), one pass. SHA-1 detects collision attacks: a body that is
  /// part of one throws `.corrupt`, as Git dies on it.
  public func id(_ algorithm: HashAlgorithm) throws(PandoError) -> ObjectID {
    try Self.id(of: body.span, kind: kind, algorithm)
  }

  /// Computes the name that an object of these bytes has. See `id(_:)`.
  public static func id(
    of body: Span<UInt8>, kind: ObjectKind, _ algorithm: HashAlgorithm
  ) throws(PandoError) -> ObjectID {
    try id(ofSize: body.count, kind: kind, algorithm) { $0.update(body) }
  }

  /// Computes the name of an object of `size` bytes, which `feed` gives to a hasher piece by piece.
  public static func id(
    ofSize size: Int, kind: ObjectKind, _ algorithm: HashAlgorithm,
    feed: (inout ObjectHasher) throws(PandoError) -> Void
  ) throws(PandoError) -> ObjectID {
    var hasher = ObjectHasher(algorithm)
    hasher.update(kind.header(size: size).span)
    try feed(&hasher)
    do {
      return ObjectID(try hasher.finish())
    } catch {
      throw PandoError(
        .corrupt,
        "\(kind) \(error.digest.hex) is part of a SHA-1 collision attack and is refused")
    }
  }
}
