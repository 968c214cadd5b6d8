import Foundation
import PandoBytes

/// The zlib streams of a pack of objects named by SHA-1, by how many bytes they hold.
struct PackStreams {
  /// The last size of each class.
  static let classes = [64, 256, 1 << 10, 4 << 10, 32 << 10]

  let bytes: [UInt8]
  private(set) var streams = [[(start: Int, size: Int)]](repeating: [], count: classes.count)

  init(of path: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    self.bytes = bytes
    var inflater = Inflater()
    var offset = 12
    while offset < bytes.count - 20 {
      let (size, start) = Self.header(bytes, at: offset)
      let input = bytes.span.extracting(start..<bytes.count)
      let (_, consumed) = try inflater.inflate(input, size: size)
      if let which = Self.classes.firstIndex(where: { size <= $0 }) {
        streams[which].append((start, size))
      }
      offset = start + consumed
    }
  }

  private static func header(_ bytes: [UInt8], at offset: Int) -> (size: Int, start: Int) {
    var (position, shift) = (offset, 4)
    let kind = bytes[offset] >> 4 & 7
    var size = Int(bytes[offset] & 15)
    while bytes[position] & 0x80 != 0 {
      position += 1
      size |= Int(bytes[position] & 0x7F) << shift
      shift += 7
    }
    position += 1
    if kind == 7 { position += 20 }
    if kind == 6 {
      while bytes[position] & 0x80 != 0 { position += 1 }
      position += 1
    }
    return (size, position)
  }
}

/// Decodes the small streams of a pack, whole and their first 256 bytes, by zlib, and the latter by
/// ``HeadInflater``, and prints nanoseconds for a stream, the lowest of `rounds`.
func inflate(_ path: String, rounds: Int) throws {
  let pack = try PackStreams(of: path)
  print("bytes\tstreams\twhole by zlib\tfirst 256 by zlib\tby HeadInflater")
  for (last, streams) in zip(PackStreams.classes, pack.streams) where !streams.isEmpty {
    var times = [Double](repeating: .infinity, count: 3)
    for _ in 0..<rounds {
      for (way, time) in try [whole, start, startOnly].map({ try $0(pack, streams) })
        .enumerated()
      {
        times[way] = min(times[way], time)
      }
    }
    print("to \(last)\t\(streams.count)\t" + times.map { String(Int($0)) }.joined(separator: "\t"))
  }
}

private typealias Streams = [(start: Int, size: Int)]

/// Nanoseconds for each of `streams`.
private func timed(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body)
  let (seconds, attoseconds) = time.components
  return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count)
}

private func whole(_ pack: PackStreams, _ streams: Streams) throws -> Double {
  var inflater = Inflater()
  var output: [UInt8] = []
  return try timed(streams.count) {
    for (start, size) in streams {
      output.removeAll(keepingCapacity: true)
      let input = pack.bytes.span.extracting(start..<pack.bytes.count)
      _ = try inflater.inflate(input, size: size, appendingTo: &output)
    }
  }
}

private func start(_ pack: PackStreams, _ streams: Streams) throws -> Double {
  var inflater = Inflater()
  return try timed(streams.count) {
    for (start, size) in streams {
      let input = pack.bytes.span.extracting(start..<pack.bytes.count)
      _ = try inflater.inflatePrefix(input, count: min(size, 256))
    }
  }
}

private func startOnly(_ pack: PackStreams, _ streams: Streams) throws -> Double {
  var inflater = HeadInflater()
  return timed(streams.count) {
    for (start, size) in streams {
      let input = pack.bytes.span.extracting(start..<pack.bytes.count)
      precondition(inflater.start(input) && inflater.extend(input, to: min(size, 256)))
    }
  }
}
