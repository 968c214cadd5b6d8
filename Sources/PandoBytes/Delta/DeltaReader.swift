#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Applies Git's deltas: a base size, a result size, then instructions that copy a range of the
/// base
/// or insert literal bytes. Source: gitformat-pack, "Deltified representation".
public enum DeltaReader {
  /// A result up to this many bytes is allocated on the delta's word; above it the instructions are
  /// added up first, since one byte of them can claim 64 KiB.
  static let trustedBytes = 1 << 20

  /// The name of the format in errors.
  static let format = "delta"

  /// The reason that errors give for an instruction that means nothing.
  public static let reservedOpcode = "has the reserved opcode 0"

  /// The sizes that `delta` says its base and its result have. The first 20 bytes are enough.
  public static func sizes(of delta: Span<UInt8>) throws(ParseError) -> (base: Int, result: Int) {
    var reader = ByteReader(delta, format: format)
    return (try reader.deltaSize(), try reader.deltaSize())
  }

  /// Makes the result of `delta` on `base`. One pass, or two for a large result; O(result).
  ///
  /// Throws when the base has another size than the delta says, an instruction leaves the base, the
  /// delta or the result, the result comes out smaller than said, or would be above `limit` bytes.
  public static func apply(
    _ delta: Span<UInt8>, to base: Span<UInt8>, limit: Int
  ) throws(ParseError) -> [UInt8] {
    var result: [UInt8] = []
    try apply(delta, to: base, limit: limit, appendingTo: &result) { _, _ in }
    return result
  }

  /// Makes the result of `delta` on `base` behind the bytes that `bytes` has, and behind those that
  /// `prepare` appends once the size of the result is known. Throws as `apply(_:to:limit:)` does.
  public static func apply(
    _ delta: Span<UInt8>, to base: Span<UInt8>, limit: Int, appendingTo bytes: inout [UInt8],
    _ prepare: (_ bytes: inout [UInt8], _ size: Int) -> Void
  ) throws(ParseError) {
    var reader = ByteReader(delta, format: format)
    let baseSize = try reader.deltaSize()
    guard baseSize == base.count else {
      throw reader.error("is for a base of \(baseSize) bytes, not of \(base.count)")
    }
    let size = try reader.deltaSize()
    guard size <= limit else {
      throw reader.error("makes \(size) bytes, above the limit of \(limit)")
    }
    let start = reader.offset
    if size > trustedBytes {
      _ = try run(delta, from: start, base: base.count, size: size) { _, _ in }
    }
    prepare(&bytes, size)
    try bytes.append(addingCapacity: size) { (output) throws(ParseError) in
      try fill(&output, delta, from: start, base: base, size: size)
    }
  }

  private static func fill(
    _ output: inout OutputSpan<UInt8>, _ delta: Span<UInt8>, from start: Int, base: Span<UInt8>,
    size: Int
  ) throws(ParseError) {
    var failure: ParseError?
    unsafe delta.withUnsafeBufferPointer { instructions in
      unsafe base.withUnsafeBufferPointer { base in
        unsafe output.withUnsafeMutableBufferPointer { target, initialized in
          do throws(ParseError) {
            // `run` hands over only ranges that it has found inside the base and the delta, at
            // places that it has found inside the result; all three hold bytes, so have addresses.
            try run(delta, from: start, base: base.count, size: size) { instruction, place in
              guard let into = target.baseAddress, let literals = instructions.baseAddress
              else { return }
              switch instruction {
              case .copy(let from, let count):
                if let source = base.baseAddress {
                  unsafe memcpy(into + place, source + from, count)
                }
              case .insert(let from, let count): unsafe memcpy(into + place, literals + from, count)
              }
            }
            initialized = size
          } catch {
            failure = error
          }
        }
      }
    }
    if let failure { throw failure }
  }

  /// Reads sizes and instructions, and gives each instruction to `body` as `run` below does.
  @inline(__always)
  static func run(
    _ delta: Span<UInt8>, _ body: (Instruction, _ place: Int) -> Void
  ) throws(ParseError) -> (base: Int, result: Int) {
    var reader = ByteReader(delta, format: format)
    let sizes = (base: try reader.deltaSize(), result: try reader.deltaSize())
    try run(delta, from: reader.offset, base: sizes.base, size: sizes.result, body)
    return sizes
  }

  enum Instruction {
    case copy(from: Int, count: Int)
    case insert(from: Int, count: Int)
  }

  /// Decodes the instructions from `start` and gives each to `body` with its place in the result,
  /// checked against all three sizes. Throws unless they fill the result exactly.
  @inline(__always)
  private static func run(
    _ delta: Span<UInt8>, from start: Int, base: Int, size: Int,
    _ body: (Instruction, _ place: Int) -> Void
  ) throws(ParseError) {
    var index = start
    var place = 0
    let end = delta.count
    while index < end {
      let opcode = delta[index]
      index += 1
      if opcode & 0x80 != 0 {
        guard end - index >= (opcode & 0x7F).nonzeroBitCount else {
          throw ParseError(format, "ends inside a copy", at: end)
        }
        var from = 0
        var count = 0
        if opcode & 0x01 != 0 { from = Int(delta[index]); index += 1 }
        if opcode & 0x02 != 0 { from |= Int(delta[index]) << 8; index += 1 }
        if opcode & 0x04 != 0 { from |= Int(delta[index]) << 16; index += 1 }
        if opcode & 0x08 != 0 { from |= Int(delta[index]) << 24; index += 1 }
        if opcode & 0x10 != 0 { count = Int(delta[index]); index += 1 }
        if opcode & 0x20 != 0 { count |= Int(delta[index]) << 8; index += 1 }
        if opcode & 0x40 != 0 { count |= Int(delta[index]) << 16; index += 1 }
        if count == 0 { count = 0x10000 }
        guard from <= base, count <= base - from else {
          throw ParseError(format, "copies from outside its base", at: index)
        }
        guard count <= size - place else {
          throw ParseError(format, "makes more than its \(size) bytes", at: index)
        }
        body(.copy(from: from, count: count), place)
        place += count
      } else {
        let count = Int(opcode)
        guard count > 0 else {
          throw ParseError(format, reservedOpcode, at: index - 1)
        }
        guard count <= end - index else {
          throw ParseError(format, "ends inside an insert", at: end)
        }
        guard count <= size - place else {
          throw ParseError(format, "makes more than its \(size) bytes", at: index)
        }
        body(.insert(from: index, count: count), place)
        index += count
        place += count
      }
    }
    guard place == size else {
      throw ParseError(format, "makes \(place) bytes, not \(size)", at: end)
    }
  }
}
