import PandoBytes
import PandoObjects
import PandoStorage

/// Every parser of bytes from outside, behind one call each: the fuzzer drives them with what it
/// finds, the tests with the corpora under `Tests/Fixtures/corpora`. A run may throw inside; it
/// must not trap, hang, or take memory that its input cannot justify. Where a parser has an
/// inverse, the run checks it.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case commit
  case tag
  case tree
  case signature
  case referenceName = "reference-name"
  case inflate
  case headInflate = "head-inflate"
  case delta
  case config
  case looseReference = "loose-reference"
  case packedReferences = "packed-refs"
  case reflog
  case packIndex = "pack-index"
  case multiPackIndex = "multi-pack-index"
  case bitmaps
  case reverseIndex = "reverse-index"
  case packTimes = "pack-times"
  case commitGraph = "commit-graph"
  case pack
  case looseObject = "loose-object"
  case alternates
  case revision
  case date
  case index
  case indexRoots = "index-roots"
  case pattern
  case glob
  case merge
  case difference
  case treeMerge = "tree-merge"
  case referenceFormat = "reference-format"
  case prettyFormat = "pretty-format"
  case referenceScript = "reference-script"
  case mailmap
  case trailers
  case pathPattern = "path-pattern"
  case receivedPack = "received-pack"
  case check
  case deltaWriting = "delta-writing"
  case journal

  /// Whether a run takes milliseconds in a debug build, because it makes a repository.
  public var isCostly: Bool {
    switch self {
    case .referenceFormat, .prettyFormat, .referenceScript, .mailmap, .trailers, .pathPattern: true
    default: false
    }
  }

  /// Feeds `bytes` to the parser.
  public func run(_ bytes: [UInt8]) {
    switch self {
    case .commit: roundTrip(bytes) { try Commit(parsing: $0.span, algorithm: .sha1).serialized }
    case .tag: roundTrip(bytes) { try AnnotatedTag(parsing: $0.span, algorithm: .sha1).serialized }
    case .tree: roundTrip(bytes, tree)
    case .signature: signature(bytes)
    case .referenceName: _ = ReferenceName(ByteString(bytes))
    case .inflate: inflate(bytes)
    case .headInflate: headInflate(bytes)
    case .delta: delta(bytes)
    case .config: config(bytes)
    case .looseReference: looseReference(bytes)
    case .packedReferences: packedReferences(bytes)
    case .reflog: reflog(bytes)
    case .packIndex: packIndex(bytes)
    case .multiPackIndex: multiPackIndex(bytes)
    case .bitmaps: bitmaps(bytes)
    case .reverseIndex: reverseIndex(bytes)
    case .packTimes: packTimes(bytes)
    case .commitGraph: commitGraph(bytes)
    case .pack: pack(bytes)
    case .looseObject: looseObject(bytes)
    case .alternates: _ = Alternates.parse(bytes)
    case .revision: revision(bytes)
    case .date: date(bytes)
    case .index: index(bytes)
    case .indexRoots: indexRoots(bytes)
    case .pattern: pattern(bytes)
    case .glob: glob(bytes)
    case .merge: merge(bytes)
    case .difference: difference(bytes)
    case .treeMerge: treeMerge(bytes)
    case .referenceFormat: referenceFormat(bytes)
    case .prettyFormat: prettyFormat(bytes)
    case .referenceScript: referenceScript(bytes)
    case .mailmap: mailmap(bytes)
    case .trailers: trailers(bytes)
    case .pathPattern: pathPattern(bytes)
    case .receivedPack: receivedPack(bytes)
    case .check: check(bytes)
    case .deltaWriting: deltaWriting(bytes)
    case .journal: journal(bytes)
    }
  }

  private func roundTrip(_ bytes: [UInt8], _ parse: ([UInt8]) throws -> [UInt8]) {
    guard let again = try? parse(bytes) else { return }
    precondition(again == bytes, "\(rawValue) does not round-trip")
  }

  private func tree(_ bytes: [UInt8]) throws -> [UInt8] {
    let tree = try Tree(parsing: bytes, algorithm: .sha1)
    for entry in tree { precondition(tree[entry.name] != nil, "an entry cannot be found") }
    return tree.reduce(into: []) { $1.append(to: &$0) }
  }

  private func signature(_ bytes: [UInt8]) {
    let signature = Signature(bytes: bytes)
    _ = (signature.name, signature.email, signature.time?.text, signature.time?.offsetMinutes)
  }

  /// The first byte splits the input in a base and a delta.
  private func delta(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let rest = bytes.dropFirst()
    let base = Array(rest.prefix(Int(first)))
    let delta = Array(rest.dropFirst(Int(first)))
    _ = try? DeltaReader.apply(delta.span, to: base.span, limit: 1 << 20)
  }

  /// What is set is read back, whatever else is in the file.
  private func config(_ bytes: [UInt8]) {
    guard var file = try? ConfigFile(parsing: bytes), let name = ConfigName("a.b c.d") else {
      return
    }
    let value = ByteString(bytes.filter { $0 != 0 })
    guard (try? file.set(name, to: value)) != nil else { return }
    precondition(file.last(name)?.value == value, "a value is not read back")
    file.unset(name)
    precondition(file.last(name) == nil, "a value is not removed")
  }

  private func looseReference(_ bytes: [UInt8]) {
    guard let target = try? LooseReference.parse(bytes, algorithm: .sha1) else { return }
    let again = try? LooseReference.parse(LooseReference.serialize(target), algorithm: .sha1)
    precondition(again == target, "a reference does not round-trip")
  }

  /// Whatever can be listed in order can be found.
  private func packedReferences(_ bytes: [UInt8]) {
    guard let packed = try? PackedReferences(parsing: bytes, algorithm: .sha1) else { return }
    try? packed.forEach(prefix: []) { record in
      guard let name = ReferenceName(ByteString(Array(packed.bytes[record.name]))) else { return }
      _ = try? packed.find(name)
    }
  }

  /// An entry never spreads over two lines.
  private func reflog(_ bytes: [UInt8]) {
    for entry in Reflog.parse(bytes, algorithm: .sha1) {
      let again = Reflog.parse(Reflog.serialize(entry), algorithm: .sha1)
      precondition(again.count == 1, "an entry does not round-trip")
    }
  }
}
