import Foundation
import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

@Suite("index-pack, verify-pack and unpack-objects say what git says")
struct IndexPackTests {
  /// A bare repository with some history, and a pack of it beside.
  private static func sample() throws -> CommandHarness {
    let harness = try CommandHarness()
    try harness.git()("init", "-q", "--bare", "r.git")
    try harness.git()("init", "-q", "--bare", "empty.git")
    var stream = ""
    for commit in 0..<12 {
      let text = (0..<30).map { "line \($0 == commit ? -commit : $0) of some text" }
        .joined(separator: "\n")
      let message = "commit \(commit)"
      stream += "commit refs/heads/main\ncommitter A <a@b> \(1_000_000_000 + commit) +0000\n"
      stream += "data \(message.utf8.count)\n\(message)\n"
      stream += "M 100644 inline file\(commit % 3)\ndata \(text.utf8.count)\n\(text)\n"
    }
    let git = harness.git("r.git")
    try git("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", input: Array(stream.utf8))
    let pack = try git("pack-objects", "--all", "--stdout", "-q", "--no-reuse-delta").bytes
    try harness.directory.write(pack, to: "p.pack")
    try git("index-pack", "../p.pack")
    let thin = try git(
      "pack-objects", "--revs", "--thin", "--stdout", "-q", input: Array("main\n^main~4\n".utf8))
    try harness.directory.write(thin.bytes, to: "thin")
    return harness
  }

  @Test("words that cannot be meant")
  func misuse() throws {
    let harness = try Self.sample()
    let lines: [[String]] = [
      [], ["-h"], ["--what"], ["a.pack", "b.pack"], ["--fix-thin", "p.pack"], ["-o"],
      ["--index-version=3", "p.pack"], ["--index-version=2,x", "p.pack"], ["p.txt"],
      ["--index-version=2,0x80000000", "p.pack"], ["--threads=", "p.pack"],
      ["--object-format=md5", "p.pack"], ["absent.pack"], ["--verify"], ["--stdin"],
      ["--verify", "absent.pack"],
    ]
    for line in lines {
      try harness.expectSame(["index-pack"] + line, errors: .firstLine)
    }
    try harness.expectSame(
      ["index-pack", "--stdin", "--object-format=sha1"], in: "r.git", errors: .firstLine)
    for line in [[], ["--what", "p.idx"], ["absent.idx"]] {
      try harness.expectSame(["verify-pack"] + line, errors: .firstLine)
    }
    for line in [["-h"], ["--what"], ["file"]] {
      try harness.expectSame(["unpack-objects"] + line, in: "r.git", errors: .firstLine)
    }
  }

  @Test("an index of a file")
  func file() throws {
    let harness = try Self.sample()
    try harness.expectSame(["index-pack", "p.pack"])
    try harness.expectSame(["index-pack", "-o", "other.idx", "--rev-index", "p.pack"])
    let pack = try harness.directory.read("p.pack")
    try harness.expectSame(["index-pack", "--verify", "p.pack"])
    try harness.expectSame(["index-pack", "--verify-stat", "p.pack"])
    try harness.expectSame(["index-pack", "--verify-stat-only", "p.pack"])
    try harness.expectSame(["index-pack", "--strict", "p.pack"], in: "")
    try harness.expectSame(
      ["index-pack", "--check-self-contained-and-connected", "../p.pack"], in: "r.git")
    _ = harness.pando(["index-pack", "-o", "ours.idx", "--rev-index", "p.pack"])
    #expect(try harness.directory.read("ours.idx") == harness.directory.read("p.idx"))
    let theirs = try harness.git()("index-pack", "-o", "theirs.idx", "--rev-index", "p.pack")
    #expect(theirs.status == 0)
    #expect(try harness.directory.read("ours.rev") == harness.directory.read("theirs.rev"))
    #expect(try harness.directory.read("p.pack") == pack)
  }

  @Test("progress, line by line")
  func progress() throws {
    let harness = try Self.sample()
    let wanted = try harness.git()("index-pack", "-v", "--threads=1", "p.pack")
    let got = harness.pando(["index-pack", "-v", "--threads=1", "p.pack"])
    #expect(got.errors == wanted.errors)
  }

  @Test("a pack on standard input, kept, and what follows it passed on")
  func stream() throws {
    let harness = try Self.sample()
    let pack = try harness.directory.read("p.pack")
    for words in [["--stdin"], ["--stdin", "--keep"], ["--stdin", "--keep=why not"]] {
      for name in ["ours", "theirs"] { try harness.git()("init", "-q", "--bare", name) }
      let wanted = try harness.git("theirs").run(["index-pack"] + words, input: pack)
      let got = harness.pando(["index-pack"] + words, in: "ours", input: pack + [65, 10])
      #expect(got.text == wanted.text + "A\n")
      #expect(got.status == 0)
      let listing = try ["ours", "theirs"].map { name in
        try FileManager.default.contentsOfDirectory(
          atPath: harness.path("\(name)/objects/pack")
        ).sorted().map { ($0, try harness.directory.read("\(name)/objects/pack/\($0)")) }
      }
      #expect(listing[0].map(\.0) == listing[1].map(\.0))
      #expect(listing[0].map(\.1) == listing[1].map(\.1))
      for name in ["ours", "theirs"] {
        try FileManager.default.removeItem(atPath: harness.path(name))
      }
    }
  }

  @Test("thin packs")
  func thin() throws {
    let harness = try Self.sample()
    let thin = try harness.directory.read("thin")
    try harness.expectSame(["index-pack", "--stdin"], in: "empty.git", input: thin)
    try harness.expectSame(["index-pack", "--stdin", "--fix-thin"], in: "empty.git", input: thin)
    try harness.expectSame(["index-pack", "--stdin", "--fix-thin"], in: "r.git", input: thin)
    try harness.expectSame(["index-pack", "--stdin", "--strict"], in: "empty.git", input: thin)
    let packs = harness.path("r.git/objects/pack")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: packs)
        .filter { $0.hasPrefix("tmp_") && !$0.hasPrefix("tmp_pack") }.isEmpty)
  }

  @Test("damage, in the same words")
  func damage() throws {
    let harness = try Self.sample()
    let text = Array("some text to be a base of deltas".utf8)
    let delta = PackSample.delta(base: text.count, keeping: 8, then: [1])
    let packs: [(String, PackSample)] = [
      ("type", PackSample([.raw(type: 5, claim: 1, [1])])),
      ("more", PackSample([.raw(type: 3, claim: 2, [1])])),
      ("less", PackSample([.raw(type: 3, claim: 1, [1, 2])])),
      ("zlib", PackSample([.bytes([0x31, 0x78, 0x01, 0xFF, 0xFF])])),
      ("itself", PackSample([.blob(text), .distance(0, delta)])),
      ("far", PackSample([.blob(text), .distance(4000, delta)])),
      ("inside", PackSample([.blob(text), .distance(3, delta)])),
      ("absent", PackSample([.blob(text), .named(try PackSample.id([7]), delta)])),
      ("broken", PackSample([.blob(text), .offset(0, delta + [0])])),
      ("claim", PackSample([.blob(text)], claim: 2)),
    ]
    for (name, sample) in packs {
      try harness.directory.write(sample.bytes, to: "\(name).pack")
      try harness.expectSame(["index-pack", "--threads=1", "\(name).pack"])
      #expect(!FileManager.default.fileExists(atPath: harness.path("\(name).idx")))
      try harness.expectSame(
        ["index-pack", "--stdin", "--threads=1"], in: "empty.git", input: sample.bytes)
      if name != "inside" {
        try harness.expectSame(
          ["unpack-objects", "-q"], in: "empty.git", input: sample.bytes, errors: .firstLine)
      }
    }
    let sound = PackSample([.blob(text), .offset(0, delta)]).bytes
    var wrong = sound
    wrong[wrong.count - 1] ^= 1
    for bytes in [[], Array(sound.prefix(5)), Array(sound.prefix(40)), wrong, sound + [1]] {
      try harness.directory.write(bytes, to: "cut.pack")
      try harness.expectSame(["index-pack", "cut.pack"])
    }
    for limit in [1, 40, 2000] {
      try harness.expectSame(
        ["index-pack", "--stdin", "--max-input-size=\(limit)"], in: "empty.git", input: sound)
    }
  }

  @Test("what fsck finds in objects")
  func strict() throws {
    let harness = try Self.sample()
    let git = harness.git("r.git")
    func write(_ type: String, _ body: [UInt8]) throws -> String {
      try git("hash-object", "-t", type, "--literally", "-w", "--stdin", input: body).line
    }
    let blob = try write("blob", Array("[submodule \"../x\"]\n\turl = -oops\n".utf8))
    let raw = try #require(ObjectID(hex: blob))
    func tree(_ entry: String) -> [UInt8] {
      var body = Array("\(entry)\0".utf8)
      raw.digest.append(to: &body)
      return body
    }
    let empty = try write("tree", [])
    let person = "A <a@b> 1 +0000"
    let bodies: [(String, [UInt8])] = [
      ("tree", tree("100644 .git")), ("tree", tree("0100644 x")),
      ("tree", tree("100644 .gitmodules")),
      ("tree", tree("100644 a/b")), ("tree", [1, 2, 3]),
      ("commit", Array("tree \(empty)\nauthor A a@b 1 +0000\ncommitter \(person)\n\nx\n".utf8)),
      ("commit", Array("tree \(empty)\nauthor \(person)\ncommitter \(person)\n\na\0b\n".utf8)),
      ("commit", Array("tree 12\nauthor \(person)\ncommitter \(person)\n\nx\n".utf8)),
      ("tag", Array("object \(empty)\ntype tree\ntag x y\n\nx\n".utf8)),
      ("tag", Array("object \(blob)\ntype tree\ntag x\ntagger \(person)\n\nx\n".utf8)),
    ]
    for (number, (type, body)) in bodies.enumerated() {
      let id = try write(type, body)
      let list = Array("\(blob)\n\(id)\n\(number == 4 ? "" : empty + "\n")".utf8)
      let pack = try git("pack-objects", "--stdout", "-q", input: list).bytes
      try harness.directory.write(pack, to: "bad.pack")
      for words in [
        ["--strict"], ["--fsck-objects"], ["--strict=badTagName=ignore,missingEmail=warn"],
        ["--strict=hasDotGit=ignore"], ["--check-self-contained-and-connected"],
      ] {
        let line = ["index-pack", "--threads=1"] + words + ["../bad.pack"]
        if number == 2 {
          // Git tells of `.gitmodules` when the index is there already.
          let wanted = try harness.git("empty.git").run(line)
          let got = harness.pando(line, in: "empty.git")
          #expect(got.errors == wanted.errors && got.status == wanted.status)
        } else {
          try harness.expectSame(line, in: "empty.git", errors: number == 9 ? .any : .same)
        }
      }
      try harness.expectSame(["unpack-objects", "-q", "--strict", "-n"], in: "r.git", input: pack)
    }
    try harness.expectSame(["index-pack", "--strict=what=error", "../p.pack"], in: "empty.git")
  }

  @Test("verify-pack")
  func verify() throws {
    let harness = try Self.sample()
    for words in [["p.pack"], ["-v", "p.idx"], ["-s", "p"], ["-v", "p.pack", "p.idx"]] {
      try harness.expectSame(["verify-pack"] + words)
    }
    var index = try harness.directory.read("p.idx")
    index[index.count - 30] ^= 1
    try harness.directory.write(index, to: "q.idx")
    try harness.directory.write(try harness.directory.read("p.pack"), to: "q.pack")
    for words in [["q.pack"], ["-v", "q.pack", "p.pack"], ["-s", "q.pack"]] {
      try harness.expectSame(["verify-pack"] + words)
    }
  }

  @Test("unpack-objects writes the same objects", arguments: [[], ["-n"], ["--strict"], ["-r"]])
  func unpack(_ words: [String]) throws {
    let harness = try Self.sample()
    for source in ["p.pack", "thin"] {
      let pack = try harness.directory.read(source)
      for name in ["ours", "theirs"] {
        try harness.git()("init", "-q", "--bare", name)
        if source == "thin" {
          let older = try harness.git("r.git")(
            "pack-objects", "--revs", "--stdout", "-q", input: Array("main~4\n".utf8)
          ).bytes
          try harness.git(name)("index-pack", "--stdin", input: older)
        }
      }
      let wanted = try harness.git("theirs").run(["unpack-objects", "-q"] + words, input: pack)
      let got = harness.pando(["unpack-objects", "-q"] + words, in: "ours", input: pack)
      #expect(got == Outcome(status: wanted.status, bytes: wanted.bytes, errors: wanted.errors))
      let list = ["cat-file", "--batch-all-objects", "--batch-check"]
      #expect(
        try harness.git("ours").run(list).text == harness.git("theirs").run(list).text)
      let count = ["count-objects", "-v"]
      #expect(
        try harness.git("ours").run(count).text == harness.git("theirs").run(count).text)
      for name in ["ours", "theirs"] {
        try FileManager.default.removeItem(atPath: harness.path(name))
      }
    }
  }

  @Test("unpack-objects -r saves what is before the damage")
  func salvage() throws {
    let harness = try Self.sample()
    let pack = Array(try harness.directory.read("p.pack").dropLast(200))
    let got = harness.pando(["unpack-objects", "-q", "-r"], in: "empty.git", input: pack)
    #expect(got.status == 1)
    let count = try harness.git("empty.git")("count-objects").line
    #expect(!count.hasPrefix("0 objects"))
    try harness.git("empty.git")("fsck")
  }
}
