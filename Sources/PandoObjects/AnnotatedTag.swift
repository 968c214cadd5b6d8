public import PandoBytes

/// An annotated tag: an object with a name, a tagger and a message of its own.
///
/// Lenient and lossless like `Commit`; tags of 2005 have no tagger.
public struct AnnotatedTag: Hashable, Sendable {
  /// All headers in their order, and the message with its signature.
  public let text: HeaderedText
  /// What is tagged.
  public let target: ObjectID
  /// The kind of what is tagged, as the tag claims.
  public let targetKind: ObjectKind

  /// Parses a tag's body. O(n). Throws when the object or its type cannot be read.
  public init(parsing bytes: Span<UInt8>, algorithm: HashAlgorithm) throws(ParseError) {
    var reader = ByteReader(bytes, format: "tag")
    guard reader.skip("object ") else { throw reader.error("does not begin with an object") }
    target = try reader.objectIDLine(algorithm)
    guard reader.skip("type ") else { throw reader.error("has no type") }
    let start = reader.offset
    guard let line = reader.take(until: UInt8(ascii: "\n")),
      let kind = ObjectKind(name: ByteString(copying: bytes.extracting(line)).text)
    else { throw ParseError("tag", "bad type", at: start) }
    targetKind = kind
    text = HeaderedText(splitting: bytes)
  }

  /// Makes a tag.
  public init(
    target: ObjectID, targetKind: ObjectKind, name: ByteString, tagger: Signature?,
    message: [UInt8]
  ) {
    var headers: [HeaderedText.Header] = [
      .init("object", Array(target.hex.utf8)),
      .init("type", Array(targetKind.name.utf8)),
      .init("tag", name.bytes),
    ]
    if let tagger { headers.append(.init("tagger", tagger.bytes)) }
    text = HeaderedText(headers: headers, message: message)
    self.target = target
    self.targetKind = targetKind
  }

  /// The tag's own name; nil when the header is missing.
  public var name: ByteString? { text.value(of: "tag").map { ByteString($0) } }

  /// Who tagged; nil in the oldest tags.
  public var tagger: Signature? { text.value(of: "tagger").map(Signature.init(bytes:)) }

  /// The message, exactly as stored, with the signature that may end it.
  public var message: [UInt8] { text.message ?? [] }

  /// The exact bytes of the body. O(n).
  public var serialized: [UInt8] { text.serialized }
}
