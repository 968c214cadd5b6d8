public import PandoFiles

/// A new directory of the local disk, removed with all that is in it when the value goes.
public final class TemporaryDirectory: Sendable {
  /// Where it is; absolute.
  public let path: FilePath

  /// Makes one under `TMPDIR`, or `/tmp`.
  public init() throws(FileError) {
    let root = FilePath(ProcessEnvironment.current()["TMPDIR"] ?? "/tmp")
    let number = SystemRandom().next()
    path = root / "pando-test-\(String(number, radix: 36))"
    try LocalFileSystem().createDirectory(path, permissions: 0o700)
  }

  deinit {
    try? LocalFileSystem().removeTree(path)
  }
}
