public import PandoBytes

/// One configuration file, kept byte for byte, with what was read from it.
///
/// Source: git-config, "CONFIGURATION FILE". Edits leave comments, order and spacing alone.
public struct ConfigFile: Hashable, Sendable {
  /// One value.
  public struct Entry: Hashable, Sendable {
    /// Its name.
    public let name: ConfigName
    /// The value without quotes and escapes; nil for a key that stands alone, which means true.
    public let value: ByteString?
    /// The line of its key, counted from 1.
    public let line: Int
    /// From the key to the end of the line, or of the last line when it is continued.
    package let range: Range<Int>
    /// Which section of the file it is in; nil before the first.
    package let section: Int?
  }

  /// One section header; a name may have several.
  package struct Section: Hashable, Sendable {
    /// Section and subsection as names have them.
    package let name: [UInt8]
    /// From the opening bracket to after the closing one.
    package let header: Range<Int>
  }

  /// The file.
  public package(set) var bytes: [UInt8]
  /// The values in their order.
  public package(set) var entries: [Entry]
  package var sections: [Section]
  /// What must be added to the file before another line.
  package var lastLineEnd: [UInt8]

  /// The largest file that is read.
  public static let bytesMax = 16 << 20

  /// An empty file.
  public init() {
    bytes = []
    entries = []
    sections = []
    lastLineEnd = []
  }

  /// Reads a file. O(n). The error's reason tells the line too.
  public init(parsing bytes: [UInt8]) throws(ParseError) {
    do throws(Failure) { self = try Self.parse(bytes) } catch {
      throw ParseError("config", "line \(error.line): \(error.reason)", at: error.offset)
    }
  }

  /// Where and why reading stopped.
  package struct Failure: Error {
    package let line: Int
    package let reason: String
    package let offset: Int
  }

  package static func parse(_ bytes: [UInt8]) throws(Failure) -> ConfigFile {
    var parser = ConfigParser(bytes)
    try parser.parse()
    var file = ConfigFile()
    file.bytes = bytes
    file.entries = parser.entries
    file.sections = parser.sections
    file.lastLineEnd = parser.lastLineEnd
    return file
  }

  /// The last value of that name; nil when there is none, `.some(nil)` for a key that stands alone.
  public func last(_ name: ConfigName) -> Entry? { entries.last { $0.name == name } }
}
