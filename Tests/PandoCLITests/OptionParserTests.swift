import PandoBytes
import Testing

@testable import PandoCLI

@Suite struct OptionParserTests {
  enum Key { case all, abbrev, format, name, names, only, quiet, trees, kind, size, raw }

  static let parser = OptionParser(
    ["verb [<options>] <thing>"],
    [
      CommandOption<Key>.flag(.all, "-a", "--all", help: "everything"),
      .optionalValue(.abbrev, "--abbrev", placeholder: "<n>", help: "digits"),
      .value(.format, "-f", "--format", placeholder: "<format>", help: "layout"),
      .flag(.name, "--name", help: "names"),
      .flag(.names, "--name-list", help: "names", isNegatable: false),
      .flag(.only, "--object-only", help: "objects", isNegatable: false),
      .flag(.quiet, "-q", help: "say nothing"),
      .flag(.raw, "--no-filters", help: "as it is"),
      .mode(.kind, "-t", help: "kind"),
      .mode(.size, "-s", "--size", help: "size"),
    ])

  static func parse(_ words: String...) throws -> ParsedOptions<Key> {
    try parser.parse(words.map { ByteString($0) })
  }

  static func complaint(_ words: String...) -> String? {
    do {
      _ = try parser.parse(words.map { ByteString($0) })
      return nil
    } catch {
      return error.complaint
    }
  }

  @Test func `Options may follow arguments, and are bundled, stuck and cut short`() throws {
    let options = try Self.parse("one", "-aqfx", "--abb=7", "two", "--", "-q")
    #expect(options.has(.all) && options.has(.quiet) && !options.has(.name))
    #expect(options.text(.format) == "x")
    #expect(try options.integer(.abbrev) == 7)
    #expect(options.arguments == ["one", "two", "-q"])
    #expect(options.countBeforeSeparator == 2)
    #expect(try Self.parse("--format", "-a").text(.format) == "-a")
    #expect(try Self.parse("-f", "y").text(.format) == "y")
    #expect(try Self.parse("-", "x").arguments == ["-", "x"])
    #expect(try Self.parse("--end-of-options", "-x").arguments == ["-x"])
  }

  @Test func `A negation takes back what stood before it`() throws {
    let options = try Self.parse("--all", "--format=a", "--no-all", "--no-format", "-fb")
    #expect(!options.has(.all))
    #expect(options.choice(.all) == false && options.choice(.quiet) == nil)
    #expect(options.values(.format) == ["b"])
    #expect(try Self.parse("--no-filters").has(.raw))
    #expect(try Self.parse("--filters").choice(.raw) == false)
    #expect(try Self.parse("--no-abb").choice(.abbrev) == false)
  }

  @Test func `Complaints are git's`() {
    #expect(Self.complaint("--bogus") == "error: unknown option `bogus'")
    #expect(Self.complaint("--bogus=3") == "error: unknown option `bogus=3'")
    #expect(Self.complaint("-x") == "error: unknown switch `x'")
    #expect(Self.complaint("-é") == "error: unknown non-ascii option in string: `-é'")
    #expect(Self.complaint("--format") == "error: option `format' requires a value")
    #expect(Self.complaint("-f") == "error: switch `f' requires a value")
    #expect(Self.complaint("--all=3") == "error: option `all' takes no value")
    #expect(Self.complaint("--no-format=3") == "error: option `no-format' takes no value")
    #expect(Self.complaint("--no-object-only") == "error: unknown option `no-object-only'")
    #expect(Self.complaint("-t", "-s") == "error: switch `s' is incompatible with -t")
    #expect(Self.complaint("-t", "--size") == "error: option `size' is incompatible with -t")
    #expect(Self.complaint("-all") == "error: did you mean `--all` (with two dashes)?")
    #expect(
      Self.complaint("--name-") == nil && Self.complaint("--name") == nil
        && Self.complaint("--na") == "error: ambiguous option: na (could be --name or --name-list)")
  }

  @Test func `Help goes to standard output and the usage text is laid out as git's`() throws {
    #expect(throws: UsageError.self) { try Self.parse("-h") }
    do {
      _ = try Self.parse("-qh")
    } catch let error as UsageError {
      #expect(error.isHelp && error.complaint == nil)
      #expect(error.usage?.hasPrefix("usage: pando verb [<options>] <thing>\n\n") == true)
      #expect(error.usage?.contains("\n    -a, --all             everything\n") == true)
      #expect(error.usage?.contains("\n    --abbrev[=<n>]        digits\n") == true)
      #expect(
        error.usage?.contains("\n    -f, --format <format>\n                          l") == true)
    }
  }
}

@Suite struct PathQuotingTests {
  @Test(arguments: [
    ("plain", "plain"), ("with space", "with space"), ("ta\tb", "\"ta\\tb\""),
    ("q\"b\\", "\"q\\\"b\\\\\""), ("\u{1}\u{7f}", "\"\\001\\177\""), ("ä", "\"\\303\\244\""),
    ("", ""),
  ])
  func `Paths are quoted in C's way and read back`(path: String, quoted: String) {
    let bytes = Array(path.utf8)
    #expect(PathQuoting.quoted(bytes) == Array(quoted.utf8))
    guard quoted.hasPrefix("\"") else { return }
    let read = PathQuoting.unquote(Array((quoted + " rest").utf8))
    #expect(read?.path == bytes && read?.length == quoted.utf8.count)
  }

  @Test func `High bytes may stay, and malformed quotes are refused`() {
    #expect(PathQuoting.quoted(Array("ä".utf8), quotesHighBytes: false) == Array("ä".utf8))
    for text in ["\"abc", "\"\\", "\"\\9\"", "\"\\12\"", "\"\\777\"", "abc", ""] {
      #expect(PathQuoting.unquote(Array(text.utf8)) == nil)
    }
  }
}
