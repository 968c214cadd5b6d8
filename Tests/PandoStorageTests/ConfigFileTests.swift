import PandoBytes
import PandoFiles
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("Configuration files")
struct ConfigFileTests {
  static let oddFiles = [
    "", "\n", "[a]", "[a]\n", "[a]x=1", "[a]x", "[a]\nx", "[a]\nx ; c", "[a]\nx # c",
    "[a] ; c\nx=1",
    "[a", "[a]\nx = \"q", "[a]\nx = \"q\ny=2", "[a \"", "[a \"b", "[a \"b\n\"]", "[a]\n1=2",
    "[a]\nx y",
    "[a]\nx \\q", "[a]\nx=\\q", "[a]\nx=1\\", "[a]\nx=\\", "x=1", "=1", "[a.b]x=1",
    "[A.B \"C d\"]x=1",
    "[a \"b\\\"c\\\\d\\e\"]x=1", "[a ]", "[ a]", "[a\t\"b\"]x=1", "[a\"b\"]x=1", "[a \"b\" ]x=1",
    "[a \"b\"]]x=1", "[a_b]x=1", "[a]\nx_y=1", "[a]\nx = a  b\tc ", "[a]\r\nx = 1\r\n",
    "[a]\nx = 1\r\r\n",
    "[a]\nx = 1 \\\n   2", "[a]\nx = \"1 \\\n   2\"", "[a]\nx = \"1 ; # 2\" 3", "\u{FEFF}[a]\nx=1",
    "[a]\n\u{FEFF}x=1", "[a]\nx = 1\n[a]\nX = 2", "[a \"B\"]\nx=1\n[a \"b\"]\nx=2",
    "[a]\nx=\u{B}1\u{C}",
    "[a]\n\u{B}x=1", "[a]\nx==1", "[a]\nx = \\\"q\\\"", "[a]\n  x  =  ", "[.]\nx=1", "[..a]x=1",
    "[a..b]x=1",
    "[-a]x=1", "[a]-x=1", "[1]x=1", "[a]x-=1", "[a];x=1\ny=2", "[a \"b\nc\"]", "[a] [b] x=1",
    "[a]\nx=1;2\n",
    "[a]x=1\\\r\n2", "[a]x=\"a\r\nb\"", "[a]x=a\rb", "[a \"b\rc\"]x=1", "[a \"\\\n\"]x=1",
    "[a\n\"b\"]x=1",
    "[a\n]x=1", "[]x=1", "[a]x=\"\"", "[a]x=\" \"", "[a]x=\\t\\n\\b|", "[a]x = é\u{1F600}",
    "[a \"\"]x=1",
    "[a]x=a\"b\"c\" d \"e", "[a]x=\\\n\\\n1", "[a]x=#", "[a]x=\"#\"", "[a]x=1 # \\\ny=2",
    "[a]\n\n\n  \t[b]\ny",
    "[include]\npath = /nonexistent\n[a]x=1",
  ]

  @Test("every odd file is read, or refused at the line, as git does", arguments: oddFiles)
  func asGit(text: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array(text.utf8), to: "c")
    let theirs = try GitOracle(in: directory.path).run(["config", "-f", "c", "--list", "-z"])
    do throws(PandoError) {
      let file = try ConfigFile.parse(Array(text.utf8), of: "c")
      let ours = file.entries.map { entry in
        entry.name.description + (entry.value.map { "\n\($0)" } ?? "") + "\0"
      }.joined()
      #expect(theirs.status == 0, "git refused: \(theirs.errors)")
      #expect(ours == theirs.text)
    } catch {
      #expect(theirs.errors == "fatal: \(error.message)\n")
    }
  }

  @Test("made-up files are read as git reads them", arguments: 0..<8)
  func madeUp(seed: UInt64) throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    var random = SeededRandom(seed: seed)
    let pieces = [
      "[", "]", "a", "B", "\"", "\\", "\n", " ", "\t", "=", "#", ";", ".", "x", "\r\n", "\r", "1",
      "-", "[a]\n", "x = ",
      "[a \"b\"]", "é",
    ]
    for _ in 0..<12 {
      let count = Int.random(in: 1...14, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      try directory.write(Array(text.utf8), to: "c")
      let theirs = try git.run(["config", "-f", "c", "--list", "-z"])
      let ours = try? ConfigFile(parsing: Array(text.utf8)).entries.map { entry in
        entry.name.description + (entry.value.map { "\n\($0)" } ?? "") + "\0"
      }.joined()
      #expect(
        ours == (theirs.status == 0 ? theirs.text : nil), "seed \(seed): \(text.debugDescription)")
    }
  }

  @Test("damaged files throw or are read, and never trap")
  func damage() throws {
    let bytes = Array(Self.oddFiles.joined(separator: "\n[s \"t\"]\nk = v \"w\" # c\n").utf8)
    let probe: ([UInt8]) -> Void = { damaged in
      guard var file = try? ConfigFile(parsing: damaged), let name = ConfigName("a.x") else {
        return
      }
      try? file.set(name, to: "1")
      file.unset(name)
    }
    Damage.truncations(of: bytes, probe)
    for text in Self.oddFiles { Damage.bitFlips(of: Array(text.utf8), rounds: 50, probe) }
  }

  /// Starts that edits are made on.
  static let starts = [
    "", "# only a comment\n", "[core]\n\tx = 1\n", "[core]\n\tx = 1", "[core] x = 1\n",
    "[core]\n# c\n\tx = 1 ; d\n\ty = 2\n",
    "[core]\n\tx = 1\n\n# about other\n[other]\n\ty = 2\n",
    "[core]\n\tx = 1\n[other]\n\ty=2\n[core]\n\tz = 3\n",
    "[CORE]\n\tX = 1\n", "[core]\n", "[core]", "[core] # c\n", "[core \"Sub\"]\n\tx = 1\n",
    "[core.sub]\n\tx = 1\n",
    "[other]\n\ty = 1\n", "[core]\r\n\tx = 1\r\n\ty = 2\r\n", "[core]\n\tx = a \\\n  b\n\ty = 2\n",
    "[core]\n\n\tx = 1\n\n\n[other]\n", "[core]\n\ty = 1\n  # tail\n\n[other]\n\tz = 1\n",
  ]

  @Test("setting and unsetting leave the bytes that git leaves", arguments: starts)
  func edits(start: String) throws {
    let directory = try TemporaryDirectory()
    let git = GitOracle(in: directory.path)
    for (arguments, edit) in Self.edits where !Self.differs(start, arguments) {
      try directory.write(Array(start.utf8), to: "c")
      let theirs = try git.run(["config", "-f", "c"] + arguments)
      var file = try ConfigFile(parsing: Array(start.utf8))
      try edit(&file)
      let expected = try String(decoding: directory.read("c"), as: UTF8.self)
      #expect(
        String(decoding: file.bytes, as: UTF8.self) == expected,
        "\(arguments) on \(start.debugDescription), git \(theirs.status)")
    }
  }

  /// Where we differ on purpose: a comment stays beside its header; a name is found in either case
  /// when a section is removed; a subsection with capitals never goes into `[section.subsection]`,
  /// which would not give it back.
  private static func differs(_ start: String, _ arguments: [String]) -> Bool {
    switch start {
    case "[core] # c\n": arguments.last == "new"
    case "[CORE]\n\tX = 1\n": arguments[0].hasSuffix("-section")
    case "[core.sub]\n\tx = 1\n": arguments[0] == "core.Sub.x"
    default: false
    }
  }

  private static func name(_ text: String) throws -> ConfigName { try ConfigName(checking: text) }

  private typealias Edit = (arguments: [String], edit: @Sendable (inout ConfigFile) throws -> Void)

  private static let edits: [Edit] = [
    (["core.x", "new"], { try $0.set(name("core.x"), to: "new") }),
    (["core.Sub.x", "new"], { try $0.set(name("core.Sub.x"), to: "new") }),
    (["--add", "core.x", "new"], { try $0.add(name("core.x"), "new") }),
    (["--add", "fresh.sec\"tion.key", "new"], { try $0.add(name("fresh.sec\"tion.key"), "new") }),
    (["--unset", "core.x"], { $0.unset(try name("core.x")) }),
    (["--unset", "other.y"], { $0.unset(try name("other.y")) }),
    (["--remove-section", "core"], { $0.removeSections(named: "core") }),
    (["--rename-section", "core", "new.name"], { $0.renameSections("core", to: "new.name") }),
  ]

  @Test(
    "every value is read back as it was written, by us and by git",
    arguments: [
      "", " ", "a b", " lead", "trail ", "tab\t", "\ttab", "a\nb", "\n", "\"q\"", "back\\slash",
      "#c", "a;b", "cr\r", "\r",
      "a\rb", "é", "=", "\u{8}bell", "a  b", "\u{B}", "[x]", "very \\\"odd\\\\ #\t\n;\r value ",
    ])
  func values(value: String) throws {
    let directory = try TemporaryDirectory()
    var file = ConfigFile()
    try file.set(Self.name("a.B c.d"), to: ByteString(value))
    let again = try ConfigFile(parsing: file.bytes)
    #expect(again.entries.map(\.value) == [ByteString(value)])
    try directory.write(file.bytes, to: "c")
    let theirs = try GitOracle(in: directory.path)("config", "-f", "c", "-z", "a.B c.d")
    #expect(theirs.text == value + "\0")
  }

  @Test(
    "what is added after a line that is not ended is read back",
    arguments: [
      "[a]x=1\\", "[a]x=1\\\n", "[a]x=\\\\", "[a]x=1", "[a]x", "[a]", "[a]x=1 #\\", "#\\",
      "[b]x=1\\",
    ])
  func unended(start: String) throws {
    for name in ["a.y", "b.y", "c.y"] {
      var file = try ConfigFile(parsing: Array(start.utf8))
      let before = file.entries.map(\.value)
      try file.set(Self.name(name), to: "new")
      #expect(Set(file.entries.map(\.value)) == Set(before + ["new"]))
      #expect(try file.last(Self.name(name))?.value == "new")
    }
  }

  @Test("a zero byte cannot be written")
  func zero() throws {
    var file = ConfigFile()
    #expect(throws: PandoError.self) { try file.set(Self.name("a.b"), to: "a\0b") }
  }

  @Test("an update holds the file's lock, keeps its permissions and follows a link")
  func update() throws {
    let directory = try TemporaryDirectory()
    let files = LocalFileSystem()
    try directory.write(Array("[a]\n\tb = 1\n".utf8), to: "real")
    let root = FilePath(directory.path)
    try files.setPermissions(of: root / "real", to: 0o600)
    try files.createSymbolicLink(root / "link", target: "real")
    try ConfigFile.update(root / "link", in: files, durability: .none) {
      (file) throws(PandoError) in
      try file.set(ConfigName(checking: "a.b"), to: "2")
    }
    #expect(try String(decoding: directory.read("real"), as: UTF8.self) == "[a]\n\tb = 2\n")
    #expect(try files.status(of: root / "real", followingLinks: false)?.permissions == 0o600)
    #expect(try files.readLink(root / "link") == "real")
    try directory.write([], to: "real.lock")
    let error = #expect(throws: PandoError.self) {
      try ConfigFile.update(root / "real", in: files, durability: .none) { (_) throws(PandoError) in
      }
    }
    #expect(error?.code == .locked)
    #expect(error?.message == "could not lock config file \(root)/real: File exists")
  }
}
