internal import PandoBytes

/// Reads the entries of a tree as leniently as Git does, and tells where that ends.
///
/// For checks: `Tree` is what other code reads trees with.
package enum TreeScan {
  /// Why an entry cannot be read, in Git's words.
  package enum Fault: String, Error {
    case tooShortObject = "too-short tree object"
    case malformedMode = "malformed mode in tree entry"
    case emptyName = "empty filename in tree entry"
    case tooShortFile = "too-short tree file"
  }

  /// An entry, as places in the body.
  package struct Entry {
    /// The mode, as many bits of it as Git keeps.
    package let mode: UInt32
    /// Where the entry begins.
    package let start: Int
    /// Where the name begins.
    package let nameStart: Int
    /// Where the name ends, at a NUL; the raw object name follows that.
    package let nameEnd: Int

    /// Where the raw object name begins.
    package var idStart: Int { nameEnd + 1 }
    /// The type bits of a directory.
    package var isDirectory: Bool { mode & 0o170000 == 0o040000 }
    /// The type bits of a commit of another repository.
    package var isSubmodule: Bool { mode & 0o170000 == 0o160000 }
    /// The type bits of a symbolic link.
    package var isSymbolicLink: Bool { mode & 0o170000 == 0o120000 }
  }

  /// Reads the entry at `start`, which must lie before the end.
  package static func entry(
    _ body: Span<UInt8>, at start: Int, idBytes: Int
  ) throws(Fault) -> Entry {
    guard body.count - start >= idBytes + 3, body[body.count - idBytes - 1] == 0 else {
      throw .tooShortObject
    }
    var mode: UInt32
    var index: Int
    // An entry has more than eight bytes. These two beginnings are those of nearly all.
    let word = body.bigEndianUInt64(at: start)
    if word >> 8 == 0x31_3030_3634_3420 {
      mode = 0o100644
      index = start + 7
    } else if word >> 16 == 0x3430_3030_3020 {
      mode = 0o040000
      index = start + 6
    } else {
      (mode, index) = try self.mode(body, at: start)
    }
    guard let end = body.firstIndex(of: 0, from: index) else { throw .tooShortFile }
    guard end > index else { throw .emptyName }
    guard body.count - end > idBytes else { throw .tooShortFile }
    return Entry(mode: mode, start: start, nameStart: index, nameEnd: end)
  }

  private static func mode(
    _ body: Span<UInt8>, at start: Int
  ) throws(Fault) -> (mode: UInt32, end: Int) {
    var mode: UInt32 = 0
    var index = start
    while index < body.count, body[index] != UInt8(ascii: " ") {
      let digit = body[index] &- UInt8(ascii: "0")
      guard digit < 8 else { throw .malformedMode }
      mode = mode &<< 3 | UInt32(digit)
      index += 1
    }
    guard index > start, index < body.count else { throw .malformedMode }
    return (mode, index + 1)
  }
}
