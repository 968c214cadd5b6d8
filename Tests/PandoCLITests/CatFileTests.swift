import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

@Suite struct CatFileTests {
  static let objects = [
    "HEAD", "HEAD~1", "v1", "v2", "tree", "blob", "HEAD^{tree}", "HEAD:a", "HEAD:d/e", "main",
    "HEAD:link", "v1^{}",
  ]

  @Test(arguments: ["sha1", "sha256"])
  func `One object is shown as git shows it`(algorithm: String) throws {
    let sample = try SampleRepository(algorithm: algorithm)
    for object in Self.objects + [sample.absent, "nope"] {
      for mode in ["-t", "-s", "-p", "-e", "blob", "tree", "commit", "tag"] {
        try sample.harness.expectSame(["cat-file", mode, object])
      }
    }
  }

  static let misuse: [[String]] = [
    [], ["-t"], ["-t", "a", "b"], ["blob"], ["a", "b", "c"], ["foo", "HEAD"],
    ["--buffer", "-t", "x"],
    ["--follow-symlinks"], ["-z"], ["--batch-all-objects"], ["--batch", "--batch-check"],
    ["--batch", "x"], ["--path=x", "-t", "y"], ["--batch", "-t"], ["--batch=%(foo)"],
    ["--batch=%(foo"], ["--unordered", "-t", "HEAD"], ["-t", "-s", "HEAD"], ["--bogus"],
    ["--allow-unknown-type", "-t", "HEAD"], ["--allow-unknown-type", "HEAD"], ["-tp", "HEAD"],
  ]

  @Test func `Complaints about arguments are git's`() throws {
    let sample = try SampleRepository()
    for words in Self.misuse {
      try sample.harness.expectSame(["cat-file"] + words, errors: .firstLine)
    }
  }

  static let formats = [
    "--batch", "--batch-check", "--batch-check=%(objectname)|%(rest)|%%|%n|%x41 %(deltabase)%",
    "--batch-check=%(objectsize) %(objecttype)", "--batch=%(rest) %(objectsize)", "--batch=",
  ]

  @Test(arguments: ["sha1", "sha256"])
  func `Objects named on input are shown as git shows them`(algorithm: String) throws {
    let sample = try SampleRepository(algorithm: algorithm)
    let names =
      Self.objects + ["nope", "", sample.absent, "HEAD rest of line", "HEAD\t x", "HEAD\r", "v1"]
    let input = Array(names.joined(separator: "\n").utf8)
    for format in Self.formats {
      for more in [[], ["--buffer"]] {
        try sample.harness.expectSame(["cat-file", format] + more, input: input)
        try sample.harness.expectSame(
          ["cat-file", format, "-z"] + more, input: input.map { $0 == 10 ? 0 : $0 })
      }
    }
  }

  @Test func `Short names may be ambiguous`() throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", ".")
    // Two small bodies whose names begin with the same four digits.
    var firsts: [String: Int] = [:]
    for number in 0... {
      let body = Array("\(number)".utf8)
      let start = try RawObject.id(of: body.span, kind: .blob, .sha1).abbreviated(to: 4)
      guard let other = firsts.updateValue(number, forKey: start) else { continue }
      for value in [other, number] {
        _ = harness.pando(["hash-object", "-w", "--stdin"], input: Array("\(value)".utf8))
      }
      let input = Array("\(start)\n\(start)^{tree}\n".utf8)
      let outcome = try harness.expectSame(["cat-file", "--batch-check"], input: input)
      #expect(outcome.text.hasPrefix("\(start) ambiguous\n"))
      try harness.expectSame(["cat-file", "-t", start])
      break
    }
  }

  static let commands = [
    "info HEAD\ncontents HEAD:a\n", "\n", " x\n", "\tx\n", "foo\n", "info\n", "info \n", "flush\n",
    "info HEAD\nflush x\n", "info  HEAD\n", "infox HEAD\n", "contents nope\ninfo HEAD",
    "info HEAD\nflush\ncontents v1\nflush\n", "info HEAD\nfoo\n", "contents\n", "",
  ]

  @Test(arguments: [[], ["--buffer"], ["-z"]])
  func `Commands on input are obeyed as git obeys them`(options: [String]) throws {
    let sample = try SampleRepository()
    for text in Self.commands {
      let input = Array(text.utf8).map { options == ["-z"] && $0 == 10 ? 0 : $0 }
      try sample.harness.expectSame(["cat-file", "--batch-command"] + options, input: input)
    }
    try sample.harness.expectSame(
      ["cat-file", "--batch-command=%(objectname)|%(rest)"], input: Array("info HEAD x\n".utf8))
  }

  @Test(arguments: ["sha1", "sha256"])
  func `All objects are shown in the order of their names`(algorithm: String) throws {
    let sample = try SampleRepository(algorithm: algorithm)
    for format in ["--batch", "--batch-check", "--batch-check=%(objectname)"] {
      try sample.harness.expectSame(["cat-file", "--batch-all-objects", format])
      try sample.harness.expectSame(["cat-file", "--batch-all-objects", "--no-buffer", format])
      // Without an order the lines are the same as a set.
      let words = ["cat-file", "--batch-all-objects", "--unordered", format]
      let wanted = try sample.harness.git().run(words)
      let got = sample.harness.pando(words)
      #expect(got.status == 0 && got.errors.isEmpty)
      #expect(
        got.text.split(separator: "\n").sorted() == wanted.text.split(separator: "\n").sorted())
    }
  }

  @Test func `Sizes on disk and bases of deltas are git's`() throws {
    let sample = try SampleRepository()
    let words = [
      "cat-file", "--batch-all-objects",
      "--batch-check=%(objectname) %(objectsize:disk) %(deltabase)",
    ]
    try sample.harness.expectSame(words)
    try sample.harness.git()("repack", "-adfq")
    try sample.harness.expectSame(words)
  }

  @Test func `Symbolic links inside of a tree are followed as git follows them`() throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", ".")
    try harness.directory.write(Array("file\n".utf8), to: "d/e/f")
    try git("add", ".")
    let links = [
      "plain": "d/e/f", "dir": "d", "d/up": "../d/e", "d/out": "../../else/where", "abs": "/etc/x",
      "gone": "d/nothing", "self": "self", "a": "b", "b": "a", "dots": "d/..", "slashes": "d//e//f",
      "through": "dir/up/f", "far": "dir/e/../../plain", "d/e/top": "../..", "trail": "d/e/",
    ]
    for (name, target) in links.sorted(by: { $0.key < $1.key }) {
      let id = try git("hash-object", "-w", "--stdin", input: Array(target.utf8)).line
      try git("update-index", "--add", "--cacheinfo", "120000,\(id),\(name)")
    }
    try git("commit", "-qm", "links")
    var names = ["HEAD", "HEAD:", "nope:x", "HEAD^{tree}", "HEAD:d", "HEAD:d/", "HEAD:d/e/f/x"]
    for name in links.keys.sorted() {
      names += ["HEAD:\(name)", "HEAD:\(name)/", "HEAD:\(name)/f", "HEAD:\(name)/e/f"]
    }
    let input = Array((names.joined(separator: "\n") + "\n").utf8)
    for mode in ["--batch", "--batch-check", "--batch-check=%(objectname) %(rest)"] {
      try harness.expectSame(["cat-file", mode, "--follow-symlinks"], input: input)
    }
  }
}
