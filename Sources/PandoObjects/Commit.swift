public import PandoBytes

/// A commit: a tree, its parents, who made it and when, and why.
///
/// Reading is lenient and lossless: `serialized` gives back the very bytes that were parsed, with
/// missing fields, odd dates, signatures and unknown headers. Writing is strict.
public struct Commit: Hashable, Sendable {
  /// All headers in their order, and the message.
  public let text: HeaderedText
  /// The root directory.
  public let tree: ObjectID
  /// The commits this one follows, first parent first.
  public let parents: [ObjectID]

  /// Parses a commit's body. O(n).
  /// Throws when the tree or a parent is not a full name; other fields may be missing or malformed.
  public init(parsing bytes: Span<UInt8>, algorithm: HashAlgorithm) throws(ParseError) {
    let links = try CommitLinks(parsing: bytes, algorithm: algorithm)
    text = HeaderedText(splitting: bytes)
    tree = links.tree
    parents = links.parents
  }

  /// Makes a commit. Extra headers follow the committer in their order; `encoding` names the
  /// message's encoding when it is not UTF-8.
  public init(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature,
    encoding: String? = nil, extraHeaders: [HeaderedText.Header] = [], message: [UInt8]
  ) {
    var headers = [HeaderedText.Header("tree", Array(tree.hex.utf8))]
    for parent in parents { headers.append(.init("parent", Array(parent.hex.utf8))) }
    headers.append(.init("author", author.bytes))
    headers.append(.init("committer", committer.bytes))
    if let encoding { headers.append(.init("encoding", Array(encoding.utf8))) }
    self.text = HeaderedText(headers: headers + extraHeaders, message: message)
    self.tree = tree
    self.parents = parents
  }

  /// Who wrote the change; nil when the header is missing.
  public var author: Signature? { text.value(of: "author").map(Signature.init(bytes:)) }

  /// Who made the commit; nil when the header is missing.
  public var committer: Signature? { text.value(of: "committer").map(Signature.init(bytes:)) }

  /// The name of the message's encoding; nil means UTF-8.
  public var encoding: ByteString? { text.value(of: "encoding").map { ByteString($0) } }

  /// The message, exactly as stored; empty when there is none.
  public var message: [UInt8] { text.message ?? [] }

  /// The headers that are neither tree, parent, author, committer nor encoding.
  public var extraHeaders: [HeaderedText.Header] {
    let known: Set<ByteString> = ["tree", "parent", "author", "committer", "encoding"]
    return text.headers.filter { !known.contains($0.name) }
  }

  /// The exact bytes of the body. O(n).
  public var serialized: [UInt8] { text.serialized }
}

/// What a walk needs of a commit, read without allocating for the rest.
@frozen
public struct CommitLinks: Hashable, Sendable {
  /// The root directory.
  public let tree: ObjectID
  /// The parents, first parent first.
  public let parents: [ObjectID]
  /// When it was committed, in seconds since 1970; 0 when missing or malformed, as Git has it.
  public let committerSeconds: Int64

  /// Gives links that are known already, as from a commit-graph.
  public init(tree: ObjectID, parents: [ObjectID], committerSeconds: Int64) {
    self.tree = tree
    self.parents = parents
    self.committerSeconds = committerSeconds
  }

  /// Reads the first headers of a commit's body. O(length of the headers).
  public init(parsing bytes: Span<UInt8>, algorithm: HashAlgorithm) throws(ParseError) {
    var reader = ByteReader(bytes, format: "commit")
    guard reader.skip("tree ") else { throw reader.error("does not begin with a tree") }
    tree = try reader.objectIDLine(algorithm)
    var parents: [ObjectID] = []
    while reader.skip("parent ") { parents.append(try reader.objectIDLine(algorithm)) }
    self.parents = parents
    committerSeconds = Self.committerSeconds(&reader)
  }

  /// Reads the first headers of a commit of whose body `bytes` is the beginning; nil when more of
  /// it is needed to be sure of them.
  package init?(parsingStart bytes: Span<UInt8>, algorithm: HashAlgorithm) throws(ParseError) {
    var reader = ByteReader(bytes, format: "commit")
    _ = reader.take(until: UInt8(ascii: "\n"))
    while reader.skip("parent ") { _ = reader.take(until: UInt8(ascii: "\n")) }
    // The lines of author and committer, and something behind them.
    guard reader.take(until: UInt8(ascii: "\n")) != nil,
      reader.take(until: UInt8(ascii: "\n")) != nil, !reader.isAtEnd
    else { return nil }
    try self.init(parsing: bytes, algorithm: algorithm)
  }

  /// As strict as Git's walks: the committer must follow the author, the date the first `>`, and a
  /// line end with something behind it the date.
  private static func committerSeconds(_ reader: inout ByteReader) -> Int64 {
    guard reader.skip("author"), reader.take(until: UInt8(ascii: "\n")) != nil,
      reader.skip("committer"), reader.take(until: UInt8(ascii: ">")) != nil,
      let line = reader.take(until: UInt8(ascii: "\n")), !reader.isAtEnd
    else { return 0 }
    var seconds: Int64 = 0
    var isStarted = false
    for index in line {
      let byte = reader.bytes[index]
      if !isStarted, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { continue }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
      isStarted = true
      let (product, isOver) = seconds.multipliedReportingOverflow(by: 10)
      let (sum, isFull) = product.addingReportingOverflow(Int64(byte) - 48)
      if isOver || isFull { return .max }
      seconds = sum
    }
    return seconds
  }
}

extension ByteReader {
  /// Takes a full hexadecimal name and the LF after it.
  mutating func objectIDLine(_ algorithm: HashAlgorithm) throws(ParseError) -> ObjectID {
    let start = offset
    let digits = try take(algorithm.hexCount)
    guard let id = ObjectID(hexBytes: bytes.extracting(digits)), id.algorithm == algorithm else {
      throw ParseError(format, "bad object name", at: start)
    }
    guard peek() == UInt8(ascii: "\n") else { throw error("object name without a line end") }
    _ = try byte()
    return id
  }
}
