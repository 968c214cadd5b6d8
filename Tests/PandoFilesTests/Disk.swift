import PandoFiles
import PandoTestKit
import Testing

/// The file systems that keep one contract, each with a directory to play in.
enum Disk: CaseIterable, CustomTestStringConvertible {
  case local
  case memory

  var testDescription: String { "\(self)" }

  /// A fresh directory; hold on to the value for as long as the directory is used.
  func playground() throws -> Playground {
    switch self {
    case .local:
      let directory = try TemporaryDirectory()
      return Playground(files: LocalFileSystem(), root: FilePath(directory.path), owner: directory)
    case .memory:
      let files = MemoryFileSystem()
      try files.createDirectory("/play", permissions: 0o777)
      return Playground(files: files, root: "/play", owner: nil)
    }
  }
}

struct Playground {
  let files: any FileSystem
  let root: FilePath
  let owner: TemporaryDirectory?

  /// Makes a file with these bytes.
  func put(_ text: String, _ path: FilePath) throws(FileError) {
    let file = try files.createExclusively(path, permissions: 0o666)
    try file.write(text)
    try file.close()
  }

  /// The text of a file; nil when absent.
  func text(_ path: FilePath) throws(FileError) -> String? {
    try files.contents(of: path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
  }

  func names(_ path: FilePath? = nil) throws(FileError) -> [String]? {
    try files.list(path ?? root)?.map(\.name)
  }
}

/// The error a call throws, nil when it throws none.
func failure<Value>(_ body: () throws(FileError) -> Value) -> FileError? {
  do throws(FileError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
