internal import PandoFiles
internal import PandoObjects

extension PandoError {
  /// `what` failed because the system refused a call.
  static func file(_ what: String, _ error: FileError) -> PandoError {
    PandoError(error.isPermission ? .permissionDenied : .unreadable, what, cause: error)
  }

  /// Runs calls to the file system; a refusal is told as `what`.
  static func wrapping<Value>(
    _ what: @autoclosure () -> String, _ body: () throws(FileError) -> Value
  ) throws(PandoError) -> Value {
    do throws(FileError) { return try body() } catch { throw .file(what(), error) }
  }
}
