import PandoBytes
import PandoMerge
import PandoObjects
import PandoTestKit

/// A reader of nothing, to lay batches over.
struct NoObjects: ObjectReader {
  let hashAlgorithm: HashAlgorithm
  func read(_ id: ObjectID) throws(PandoError) -> RawObject? { nil }
  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? { nil }
  func contains(_ id: ObjectID) throws(PandoError) -> Bool { false }
}

/// Keeps account of what is read of another reader.
struct CountingReader: ObjectReader {
  let base: any ObjectReader
  let log = ReadLog()
  init(_ base: any ObjectReader) { self.base = base }
  var hashAlgorithm: HashAlgorithm { base.hashAlgorithm }
  func read(_ id: ObjectID) throws(PandoError) -> RawObject? {
    log.add(id)
    return try base.read(id)
  }
  func header(of id: ObjectID) throws(PandoError) -> ObjectHeader? { try base.header(of: id) }
  func contains(_ id: ObjectID) throws(PandoError) -> Bool { try base.contains(id) }
}

/// Objects in memory, and the same ones in a repository of real git.
struct Fixture {
  var batch: ObjectBatch

  init(_ algorithm: HashAlgorithm = .sha1) { batch = ObjectBatch(algorithm) }

  var reader: BatchedReader { BatchedReader(batch, over: NoObjects(hashAlgorithm: algorithm)) }
  var algorithm: HashAlgorithm { batch.hashAlgorithm }

  mutating func blob(_ text: String) throws -> ObjectID {
    try batch.insert(.blob, Array(text.utf8))
  }

  mutating func tree(_ entries: [TreeEntry]) throws -> ObjectID {
    try batch.insert(.tree, Tree(entries: entries, algorithm: algorithm).serialized)
  }

  mutating func commit(
    tree: ObjectID? = nil, parents: [ObjectID] = [], date: Int64 = 1000, authorDate: Int64? = nil,
    message: String = ""
  ) throws -> ObjectID {
    func signature(_ seconds: Int64) -> Signature {
      Signature(name: "A", email: "a@b", time: .init(seconds: seconds, zone: 0))
    }
    let commit = Commit(
      tree: tree ?? Tree.emptyID(algorithm), parents: parents,
      author: signature(authorDate ?? date), committer: signature(date),
      message: Array(message.utf8))
    return try batch.insert(.commit, commit.serialized)
  }

  /// The objects as a pack, none of them a delta.
  func pack() throws -> [UInt8] {
    var bytes = Array("PACK".utf8)
    bytes.append(bigEndian: UInt32(2))
    bytes.append(bigEndian: UInt32(batch.count))
    var deflater = Deflater(level: 1)
    for id in batch.ids {
      guard let object = batch[id] else { continue }
      var size = object.body.count >> 4
      bytes.append(object.kind.rawValue << 4 | UInt8(object.body.count & 15) | (size > 0 ? 128 : 0))
      while size > 0 {
        bytes.append(UInt8(size & 127) | (size > 127 ? 128 : 0))
        size >>= 7
      }
      deflater.deflate(object.body.span, into: &bytes)
    }
    ChecksumHasher.digest(of: bytes.span, algorithm: algorithm).append(to: &bytes)
    return bytes
  }

  /// A bare repository with the objects.
  func repository() throws -> GitRepository {
    let repository = try GitRepository(algorithm)
    if !batch.isEmpty { try repository.git("index-pack", "--stdin", input: try pack()) }
    return repository
  }
}

/// A bare repository of real git that disappears with its value.
struct GitRepository {
  let directory: TemporaryDirectory
  let git: GitOracle

  init(_ algorithm: HashAlgorithm = .sha1) throws {
    directory = try TemporaryDirectory()
    git = GitOracle(in: directory.path)
    try git("init", "-q", "--bare", "--object-format=\(algorithm.name)", "-b", "main", ".")
  }

  /// The object names that git prints, a line each; none when it exits with 1.
  func ids(_ arguments: [String]) throws -> [ObjectID] {
    let output = try git.run(arguments)
    guard output.status <= 1 else {
      throw OracleFailure("git \(arguments.joined(separator: " ")): \(output.errors)")
    }
    return output.lines.compactMap { ObjectID(hex: $0) }
  }
}
