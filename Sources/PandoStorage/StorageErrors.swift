internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

extension PandoError {
  /// The system refused a call on `subject`.
  static func refused(_ subject: String, _ error: FileError) -> PandoError {
    PandoError(
      error.isPermission ? .permissionDenied : .unreadable, "cannot use \(subject)", cause: error)
  }
}
