public import PandoBytes

/// What Git asks of an object before it takes it for one of its kind: the first lines of commits
/// and tags, and entries that can be read.
///
/// This is less than `ObjectChecker` asks: it is what `git hash-object` demands, and what an object
/// needs to be looked at further. Source: Git's answers to malformed objects.
public enum ObjectForm {
  /// Why a body is not taken.
  public enum Fault: Error, Hashable, Sendable {
    /// A tree entry that cannot be read, in Git's words.
    case tree(String)
    /// A commit, in Git's words.
    case commit(String)
    /// A tag of something that does not exist.
    case unknownTagType(ByteString)
    /// A tag whose lines are not as they must be.
    case tag

    /// Git's words for the fault in the object of that name; nil when it says nothing more than
    /// that the object is wrong.
    public func explanation(of id: ObjectID) -> String? {
      switch self {
      case .tree(let reason): reason
      case .commit(let reason): "\(reason) \(id)"
      case .unknownTagType(let type): "unknown tag type '\(type)' in \(id)"
      case .tag: nil
      }
    }
  }

  /// Throws when a body is not one of its kind.
  public static func check(
    _ kind: ObjectKind, _ body: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(Fault) {
    switch kind {
    case .blob: break
    case .tree: try checkTree(body, algorithm)
    case .commit: try checkCommit(body, algorithm)
    case .tag: _ = try tag(body, algorithm)
    }
  }

  private static func checkTree(
    _ body: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(Fault) {
    var offset = 0
    while offset < body.count {
      do throws(TreeScan.Fault) {
        let entry = try TreeScan.entry(body, at: offset, idBytes: algorithm.byteCount)
        offset = entry.idStart + algorithm.byteCount
      } catch {
        throw .tree(error.rawValue)
      }
    }
  }

  /// Throws when a commit's tree or parents cannot be read. O(number of parents).
  public static func checkCommit(
    _ body: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(Fault) {
    let treeBytes = "tree ".utf8.count + algorithm.hexCount
    guard body.count > treeBytes + 1, body.starts(with: "tree "),
      body[treeBytes] == UInt8(ascii: "\n")
    else { throw .commit("bogus commit object") }
    guard ObjectID(hexBytes: body.extracting(5..<treeBytes)) != nil else {
      throw .commit("bad tree pointer in commit")
    }
    var start = treeBytes + 1
    let parentBytes = "parent ".utf8.count + algorithm.hexCount
    while start + parentBytes < body.count,
      body.extracting(start..<body.count).starts(with: "parent ")
    {
      let end = start + parentBytes
      guard body[end] == UInt8(ascii: "\n"),
        ObjectID(hexBytes: body.extracting((start + 7)..<end)) != nil
      else { throw .commit("bad parents in commit") }
      start = end + 1
    }
  }

  /// What a tag names.
  package struct TagLines {
    package let target: ObjectID
    package let kind: ObjectKind
    package let name: ByteString
  }

  /// Reads the first three lines of a tag.
  package static func tag(
    _ body: Span<UInt8>, _ algorithm: HashAlgorithm
  ) throws(Fault) -> TagLines {
    var reader = ByteReader(body, format: "tag")
    guard body.count >= algorithm.hexCount + 24, reader.skip("object "),
      let digits = try? reader.take(algorithm.hexCount),
      let target = ObjectID(hexBytes: body.extracting(digits)), reader.skip("\n"),
      reader.skip("type "), let word = reader.take(until: UInt8(ascii: "\n")),
      word.count < typeBytesMax
    else { throw .tag }
    let type = String(decoding: [UInt8](copying: body.extracting(word)), as: UTF8.self)
    guard let kind = ObjectKind(name: type) else {
      throw .unknownTagType(ByteString(copying: body.extracting(word)))
    }
    guard reader.remaining > 4, reader.skip("tag "),
      let name = reader.take(until: UInt8(ascii: "\n"))
    else { throw .tag }
    return TagLines(
      target: target, kind: kind, name: ByteString(copying: body.extracting(name)))
  }

  /// A type of this many bytes is not even looked at.
  private static let typeBytesMax = 20
}
