/// Bounds on what input may ask of us. Depths are steps; sizes are bytes.
public enum Limits {
  /// Annotated tags pointing at annotated tags.
  public static let tagDepth = 64
  /// Symbolic references pointing at symbolic references: Git's own limit.
  public static let symbolicDepth = 5
  /// Directories inside directories: Git's default for `core.maxTreeDepth`.
  public static let treeDepth = 2048
  /// The size of one object's body that is held in memory.
  public static let objectBytes = 1 << 32
}
