package import PandoBytes
package import PandoObjects

/// Which references get a log without being asked: `core.logAllRefUpdates`. A log that exists is
/// always continued.
public enum ReflogPolicy: Sendable, Hashable {
  /// None: the default of bare repositories.
  case never
  /// `HEAD`, branches, remote-tracking branches and notes: the default of others.
  case branches
  /// All.
  case always

  /// Whether a log of `name` is started.
  func starts(_ name: ReferenceName) -> Bool {
    switch self {
    case .never: false
    case .always: true
    case .branches:
      name == .head
        || ["refs/heads/", "refs/remotes/", "refs/notes/"].contains { name.bytes.hasPrefix($0) }
    }
  }
}

/// The format of reference logs: `old SP new SP signature TAB message LF`, oldest first.
///
/// Source: gitrepository-layout and git-reflog; the message is one line.
package enum Reflog {
  /// The largest log that is read.
  static let bytesMax = 1 << 30

  /// Reads a log. Lines that are not entries, such as one torn by power loss, are passed over, as
  /// Git does. O(n).
  package static func parse(_ bytes: [UInt8], algorithm: HashAlgorithm) -> [ReflogEntry] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { entry(Array($0), algorithm) }
  }

  private static func entry(_ line: [UInt8], _ algorithm: HashAlgorithm) -> ReflogEntry? {
    let hex = algorithm.hexCount
    guard line.count > 2 * hex + 2, line[hex] == 32, line[2 * hex + 1] == 32,
      let old = ObjectID(hexBytes: line.span.extracting(0..<hex)),
      let new = ObjectID(hexBytes: line.span.extracting(hex + 1..<2 * hex + 1))
    else { return nil }
    let rest = line[(2 * hex + 2)...]
    let tab = rest.firstIndex(of: 9)
    let signature = Signature(bytes: Array(rest[..<(tab ?? rest.endIndex)]))
    guard signature.bytes.contains(UInt8(ascii: ">")), signature.time != nil else { return nil }
    let message = tab.map { rest[($0 + 1)...] } ?? []
    return ReflogEntry(
      old: old, new: new, signature: signature, message: ByteString(Array(message)))
  }

  /// The line of an entry. A line feed in signature or message cannot start a second line.
  package static func serialize(_ entry: ReflogEntry) -> [UInt8] {
    var line: [UInt8] = []
    line.append(text: "\(entry.old) \(entry.new) ")
    line.append(contentsOf: entry.signature.bytes.filter { $0 != 10 && $0 != 9 && $0 != 0 })
    let message = collapsed(entry.message.bytes)
    if !message.isEmpty {
      line.append(9)
      line.append(contentsOf: message)
    }
    line.append(10)
    return line
  }

  /// One line: runs of whitespace become one space, none is left at the ends.
  static func collapsed(_ message: [UInt8]) -> [UInt8] {
    let words = message.split { $0.isSpace || $0 == 11 || $0 == 12 || $0 == 0 }
    return Array(words.joined(separator: [32]))
  }
}
