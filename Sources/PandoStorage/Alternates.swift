internal import PandoBytes
public import PandoFiles
internal import PandoObjects

/// Other object directories that a repository borrows from. Source: gitrepository-layout,
/// `objects/info/alternates`; git(1), `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
public enum Alternates {
  /// Directories that borrow from directories that borrow: Git's own limit.
  public static let depthMax = 5
  /// The size of one `info/alternates` file, in bytes.
  public static let fileBytesMax = 1 << 20

  /// The object directories that `directory` borrows from, nearest first, each once and without
  /// itself. Those that do not exist, and those nested too deep, are left out, as Git does.
  ///
  /// - Parameter more: further directories, as the environment gives them.
  static func resolve(
    _ directory: FilePath, more: [FilePath], files: any FileSystem
  ) throws(PandoError) -> [FilePath] {
    var seen: Set<FilePath> = [directory.normalized]
    var found: [FilePath] = []
    // Depth first and in order, as Git links them, without recursion.
    var pending = more.reversed().map { (path: $0.normalized, depth: 0) }
    var own = try read(directory, files: files).map { (path: $0, depth: 0) }
    own.reverse()
    pending = own + pending
    while let next = pending.popLast() {
      guard seen.insert(next.path).inserted else { continue }
      do {
        guard try files.isDirectory(next.path) else { continue }
      } catch {
        throw .refused("directory \(next.path)", error)
      }
      found.append(next.path)
      guard next.depth < depthMax else { continue }
      let below = try read(next.path, files: files)
      pending += below.reversed().map { (path: $0, depth: next.depth + 1) }
    }
    return found
  }

  private static func read(
    _ directory: FilePath, files: any FileSystem
  ) throws(PandoError) -> [FilePath] {
    let path = directory / "info" / "alternates"
    do {
      let bytes = try files.contents(of: path, limit: fileBytesMax) ?? []
      return parse(bytes).map { $0.resolved(against: directory).normalized }
    } catch {
      throw .refused("file \(path)", error)
    }
  }

  /// The paths in an `info/alternates` file: one a line, `#` before a comment, C-style quotes
  /// around a path that holds a line end. A line whose quotes do not close is taken as it stands.
  public static func parse(_ bytes: [UInt8]) -> [FilePath] {
    var paths: [FilePath] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\""), let (path, end) = unquote(bytes, from: index) {
        paths.append(FilePath(bytes: path))
        index = end
        if index < bytes.count, bytes[index] == UInt8(ascii: "\n") { index += 1 }
        continue
      }
      let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if end > index, bytes[index] != UInt8(ascii: "#") {
        paths.append(FilePath(bytes: Array(bytes[index..<end])))
      }
      index = end + 1
    }
    return paths
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
    UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
    UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
  ]

  /// The text of the quoted string at `start` and where it ends; nil when it is none.
  private static func unquote(_ bytes: [UInt8], from start: Int) -> (path: [UInt8], end: Int)? {
    var path: [UInt8] = []
    var index = start + 1
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") { return (path, index) }
      guard byte == UInt8(ascii: "\\") else {
        path.append(byte)
        continue
      }
      guard index < bytes.count else { return nil }
      if let plain = escapes[bytes[index]] {
        path.append(plain)
        index += 1
        continue
      }
      // Three octal digits, the first of them at most 3.
      guard bytes.count - index >= 3, (0x30...0x33).contains(bytes[index]) else { return nil }
      var value = 0
      for digit in bytes[index..<index + 3] {
        guard (0x30...0x37).contains(digit) else { return nil }
        value = value * 8 + Int(digit - 0x30)
      }
      path.append(UInt8(truncatingIfNeeded: value))
      index += 3
    }
    return nil
  }
}
