internal import PandoBytes
internal import PandoFiles
internal import PandoStorage

/// The words behind `index-pack`, which git reads without its usual parser: no short forms, no
/// `--no-` but one.
struct IndexPackArguments {
  var packPath: [UInt8]?
  var indexPath: [UInt8]?
  var readsInput = false
  var completesThin = false
  var isStrict = false
  /// What `--strict=` says of messages.
  var strictSettings: String?
  var checksContent = false
  var checksConnection = false
  var verifies = false
  var showsStatistics = false
  var showsOnlyStatistics = false
  var keep: [UInt8]?
  var promisor: [UInt8]?
  var threads: Int?
  var isVerbose = false
  var showsResolving = false
  var reportsEndOfInput = false
  var title: String?
  var format: IndexedPack.IndexFormat?
  var inputBytesMax = 0
  var algorithm: HashAlgorithm?
  var writesReverseIndex: Bool?

  static let usage = UsageError(
    usage: "usage: pando index-pack [-v] [-o <index-file>] [--keep | --keep=<msg>] "
      + "[--[no-]rev-index] [--verify] [--strict] "
      + "(<pack-file> | --stdin [--fix-thin] [<pack-file>])\n")

  init() {}

  init(_ words: [ByteString]) throws {
    var position = 0
    while position < words.count {
      let word = words[position]
      position += 1
      guard word.bytes.first == UInt8(ascii: "-") else {
        guard packPath == nil else { throw Self.usage }
        packPath = word.bytes
        continue
      }
      if word == "-o" {
        guard indexPath == nil, position < words.count else { throw Self.usage }
        indexPath = words[position].bytes
        position += 1
      } else if word == "--progress-title" {
        guard title == nil, position < words.count else { throw Self.usage }
        title = words[position].text
        position += 1
      } else if try !flag(word.text), try !valued(word) {
        throw Self.usage
      }
    }
    guard packPath != nil || readsInput else { throw Self.usage }
    guard !completesThin || readsInput else {
      throw CommandFailure.fatal("the option '--fix-thin' requires '--stdin'")
    }
  }

  /// Takes an option without a value; false for any other word.
  private mutating func flag(_ word: String) throws -> Bool {
    switch word {
    case "--stdin": readsInput = true
    case "--fix-thin": completesThin = true
    case "--strict": (isStrict, checksContent) = (true, true)
    case "--fsck-objects": checksContent = true
    case "--check-self-contained-and-connected": (isStrict, checksConnection) = (true, true)
    case "--verify": verifies = true
    case "--verify-stat": (verifies, showsStatistics) = (true, true)
    case "--verify-stat-only":
      (verifies, showsStatistics, showsOnlyStatistics) = (true, true, true)
    case "--keep": keep = []
    case "--promisor": promisor = []
    case "-v": isVerbose = true
    case "--show-resolving-progress": showsResolving = true
    case "--report-end-of-input": reportsEndOfInput = true
    case "--rev-index": writesReverseIndex = true
    case "--no-rev-index": writesReverseIndex = false
    default: return false
    }
    return true
  }

  /// Takes an option with its value stuck to it; false for any other word.
  private mutating func valued(_ word: ByteString) throws -> Bool {
    guard let equals = word.bytes.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let name = String(decoding: word.bytes[..<equals], as: UTF8.self)
    let bytes = Array(word.bytes[(equals + 1)...])
    let value = String(decoding: bytes, as: UTF8.self)
    let bad = CommandFailure.fatal("bad \(word.text)")
    switch name {
    case "--strict":
      (isStrict, checksContent, strictSettings) = (true, true, value)
    case "--keep": keep = bytes
    case "--promisor": promisor = bytes
    case "--threads":
      guard let number = Int(value), number >= 0 else { throw Self.usage }
      threads = number
    case "--pack_header":
      throw CommandFailure.fatal("--pack_header is not supported; leave the header in the stream")
    case "--index-version": format = try Self.format(value, bad)
    case "--max-input-size": inputBytesMax = Int(value.prefix { $0.isNumber }) ?? 0
    case "--object-format":
      guard let algorithm = HashAlgorithm(name: value) else {
        throw CommandFailure.fatal("unknown hash algorithm '\(value)'")
      }
      self.algorithm = algorithm
    default: return false
    }
    return true
  }

  /// Reads `2` or `2,0x1000`: a version, and the largest offset that is stored short.
  static func format(
    _ text: String, _ bad: CommandFailure
  ) throws -> IndexedPack.IndexFormat {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard let version = Int(parts[0].isEmpty ? "0" : parts[0]), 0...2 ~= version else { throw bad }
    var format = IndexedPack.IndexFormat()
    // Git takes any version below 2 for the first.
    format.version = max(version, 1)
    if parts.count > 1 {
      let isHexadecimal = parts[1].hasPrefix("0x")
      let digits = isHexadecimal ? parts[1].dropFirst(2) : parts[1]
      guard let limit = Int(digits, radix: isHexadecimal ? 16 : 10), limit & 0x8000_0000 == 0
      else { throw bad }
      format.longOffsetMin = limit + 1
    }
    return format
  }
}
