public import PandoObjects

/// What a verification looks at and what it tells.
public struct VerificationOptions: Sendable {
  /// Whether packs and borrowed objects are looked at.
  public var isFull = true
  /// Whether objects are only looked for, and not read unless they name others.
  public var onlyConnects = false
  /// What is made of findings in objects.
  public var policy = CheckPolicy()
  /// Whether commits without parents are told.
  public var tellsRoots = false
  /// Whether annotated tags are told.
  public var tellsTags = false
  /// Whether every step is told.
  public var tellsSteps = false
  /// Whether what nothing leads to is told.
  public var tellsUnreachable = false
  /// Whether what nothing names is told.
  public var tellsDangling = true
  /// Whether ways to objects are told.
  public var namesObjects = false
  /// Whether what reflogs name counts as reachable.
  public var includesReflogs = true
  /// Whether a remote has promised what the repository lacks.
  public var isPartial = false
  /// The threads that read packs; 0 for one a processor.
  public var threads = 0

  /// The defaults of `git fsck`.
  public init() {}
}
