/// What the system grants the process.
public enum FileLimits {
  /// How many files the process may have open at once; 256 when the system does not tell.
  public static var openFilesMax: Int { SystemCalls.openFilesMax }
}
