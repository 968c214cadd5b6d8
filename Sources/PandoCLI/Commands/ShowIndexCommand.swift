public import PandoBytes
internal import PandoFiles

/// `pando show-index`: prints what a pack index on standard input holds.
public struct ShowIndexCommand: Command {
  public let name = "show-index"
  public let summary = "Show the contents of a pack index"

  private enum Option { case objectFormat }

  private static let parser = OptionParser(
    ["show-index [--object-format=<algorithm>]"],
    [
      CommandOption<Option>.value(
        .objectFormat, "--object-format", placeholder: "<algorithm>",
        help: "the algorithm of the object names: sha1 or sha256")
    ])

  /// The most that is read; the index of a pack of a hundred million objects is 4 GiB.
  private static let indexBytesMax = 1 << 33

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.isEmpty else { throw Self.parser.misuse() }
    var algorithm = HashAlgorithm.sha1
    if let name = options.text(.objectFormat) {
      guard let named = HashAlgorithm(name: name) else {
        throw CommandFailure.fatal("Unknown hash algorithm")
      }
      algorithm = named
    }
    let bytes = try context.input.readAll(limit: Self.indexBytesMax)
    let listing = try PackIndexListing(bytes, algorithm)
    var line: [UInt8] = []
    for position in 0..<listing.count {
      line.removeAll(keepingCapacity: true)
      try listing.append(position, to: &line)
      try context.output.write(line)
    }
    return .success
  }
}

/// A pack index read line by line without its pack, both versions. Source: gitformat-pack.
struct PackIndexListing {
  private static let magic: UInt32 = 0xff74_4f63
  private static let fanoutBytes = 1024

  /// The number of objects.
  let count: Int
  private let bytes: [UInt8]
  private let algorithm: HashAlgorithm
  private let isVersion2: Bool
  /// Where the tables begin.
  private let start: Int

  /// Reads the head of an index.
  init(_ bytes: [UInt8], _ algorithm: HashAlgorithm) throws {
    guard bytes.count >= 8 else { throw CommandFailure.fatal("unable to read header") }
    isVersion2 = Self.word(bytes, 0) == Self.magic
    if isVersion2, Self.word(bytes, 4) != 2 {
      throw CommandFailure.fatal("unknown index version")
    }
    let fanout = isVersion2 ? 8 : 0
    guard bytes.count >= fanout + Self.fanoutBytes else {
      throw CommandFailure.fatal("unable to read index")
    }
    var count: UInt32 = 0
    for slot in 0..<256 {
      let next = Self.word(bytes, fanout + slot * 4)
      guard next >= count else { throw CommandFailure.fatal("corrupt index file") }
      count = next
    }
    self.count = Int(count)
    self.bytes = bytes
    self.algorithm = algorithm
    start = fanout + Self.fanoutBytes
    if isVersion2 { try checkTables() }
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private var checksums: Int { start + count * algorithm.byteCount }
  private var offsets: Int { checksums + count * 4 }
  private var largeOffsets: Int { offsets + count * 4 }

  /// Complains about the first table that is cut short.
  private func checkTables() throws {
    let missing = (bytes.count - start) / algorithm.byteCount
    guard bytes.count >= checksums else {
      throw CommandFailure.fatal("unable to read \(algorithm.name) \(missing)/\(count)")
    }
    guard bytes.count >= offsets else {
      throw CommandFailure.fatal("unable to read crc \((bytes.count - checksums) / 4)/\(count)")
    }
    guard bytes.count >= largeOffsets else {
      let whole = (bytes.count - offsets) / 4
      throw CommandFailure.fatal("unable to read 32b offset \(whole)/\(count)")
    }
  }

  /// Appends the line of one object: offset, name, and in version 2 the checksum.
  func append(_ position: Int, to line: inout [UInt8]) throws {
    guard isVersion2 else {
      let entry = start + position * (4 + algorithm.byteCount)
      guard bytes.count >= entry + 4 + algorithm.byteCount else {
        throw CommandFailure.fatal("unable to read entry \(position)/\(count)")
      }
      line.append(decimal: Int(Self.word(bytes, entry)))
      line.append(UInt8(ascii: " "))
      appendID(at: entry + 4, to: &line)
      line.append(UInt8(ascii: "\n"))
      return
    }
    line.append(decimal: try offset(position))
    line.append(UInt8(ascii: " "))
    appendID(at: start + position * algorithm.byteCount, to: &line)
    let checksum = String(Self.word(bytes, checksums + position * 4), radix: 16)
    line.append(text: " (\(checksum.zeroPadded(to: 8)))\n")
  }

  private func offset(_ position: Int) throws -> Int {
    let short = Self.word(bytes, offsets + position * 4)
    guard short & 0x8000_0000 != 0 else { return Int(short) }
    let entry = largeOffsets + Int(short & 0x7fff_ffff) * 8
    guard bytes.count >= entry + 8 else {
      throw CommandFailure.fatal("unable to read 64b offset \(short & 0x7fff_ffff)")
    }
    return Int(Self.word(bytes, entry)) << 32 | Int(Self.word(bytes, entry + 4))
  }

  private func appendID(at offset: Int, to line: inout [UInt8]) {
    let raw = bytes.span.extracting(offset..<(offset + algorithm.byteCount))
    Digest(raw, algorithm: algorithm)?.appendHex(to: &line)
  }
}
