internal import PandoBytes

/// Merges two changed texts with the text they both come from, by lines.
///
/// The answer is, byte for byte, that of `git merge-file -p`, or with other options that of `git
/// merge`. Changes that touch or overlap are a conflict, unless they are the same. Cost is that of
/// two `LineDiff`s, and one more for each conflict.
public struct TextMerge: Sendable {
  /// How a conflict is written.
  public enum Style: Sendable, Hashable {
    /// Both sides.
    case merge
    /// Both sides, and the base between them.
    case diff3
    /// As `.diff3`, without the lines that both sides begin and end with.
    case zealousDiff3
  }

  /// What becomes of a conflict.
  public enum Favor: Sendable, Hashable {
    /// It is written into the text, between markers.
    case neither
    /// Our side is taken.
    case ours
    /// Their side is taken.
    case theirs
    /// Our side is taken, then theirs.
    case union
  }

  /// How to merge. As made, the options are those of `git merge-file`.
  public struct Options: Sendable {
    /// What follows the marker of our side; nil for nothing.
    public var oursLabel: ByteLabel?
    /// What follows the marker of the base; nil for nothing.
    public var baseLabel: ByteLabel?
    /// What follows the marker of their side; nil for nothing.
    public var theirsLabel: ByteLabel?
    /// How conflicts are written.
    public var style = Style.merge
    /// What becomes of conflicts.
    public var favor = Favor.neither
    /// The number of characters in a marker.
    public var markerSize = 7
    /// How differences are found.
    public var algorithm = LineDiff.Algorithm.myers
    /// Joins conflicts also over many lines when those hold no letter or digit.
    public var joinsOverPunctuation = true

    /// Options of `git merge-file`.
    public init() {}

    /// Options of `git merge`.
    public static var ofTreeMerge: Options {
      var options = Options()
      options.algorithm = .histogram
      options.joinsOverPunctuation = false
      return options
    }
  }

  /// The text of a label, as bytes.
  public typealias ByteLabel = [UInt8]

  /// A merged text.
  public struct Result: Sendable, Hashable {
    /// The text, with its conflicts between markers.
    public let bytes: [UInt8]
    /// The number of conflicts in it.
    public let conflictCount: Int
  }

  /// The size in bytes above which Git merges nothing by lines.
  public static let bytesMax = 1023 << 20
  /// How many first bytes decide whether something is text.
  private static let binaryWindow = 8000

  /// Whether Git takes `bytes` for something else than text: a NUL is among the first 8000.
  public static func isBinary(_ bytes: [UInt8]) -> Bool {
    let window = bytes.span.extracting(0..<min(bytes.count, binaryWindow))
    return window.firstIndex(of: 0) != nil
  }

  /// Merges by lines. Whoever wants binary content refused asks `isBinary` first.
  public static func merge(
    base: [UInt8], ours: [UInt8], theirs: [UInt8], options: Options = Options()
  ) -> Result {
    let texts = MergedTexts(base: Lines(base), ours: Lines(ours), theirs: Lines(theirs), options)
    if texts.ourChanges.isEmpty { return Result(bytes: theirs, conflictCount: 0) }
    if texts.theirChanges.isEmpty { return Result(bytes: ours, conflictCount: 0) }
    return texts.merged()
  }
}
