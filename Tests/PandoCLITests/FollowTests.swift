import PandoTestKit
import Testing

/// Files followed over renames, copies of what stays, and changes found by what they say, beside
/// git's.
@Suite struct FollowTests {
  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private static let formats = [
    "--oneline", "-p", "--name-status", "--stat --graph", "--raw -3", "-M80% --raw", "-m --raw",
    "--first-parent --raw", "--format=%h --diff-filter=R --name-status", "--reverse --raw",
    "-c --raw",
  ]

  @Test(arguments: 30..<34 as Range<UInt64>)
  func `a file is followed to the names that it had`(seed: UInt64) throws {
    let history = try EditingHistory(seed: seed)
    for file in try history.files(of: "main") {
      for format in Self.formats {
        try history.harness.expectSame(
          ["log", "--follow"] + Self.words(format) + ["main", "--", file])
      }
    }
    let harness = history.harness
    try harness.expectSame(["log", "--follow", "main"])
    try harness.expectSame(["log", "--follow", "main", "--", "f1", "g1"])
    try harness.expectSame(["-c", "log.follow=true", "log", "--oneline", "main", "--", "f1"])
    try harness.expectSame(
      ["-c", "log.follow=true", "log", "--no-follow", "--oneline", "main", "--", "g0"])
  }

  private static let copies = [
    "--find-copies-harder", "-C -C", "-C --find-copies-harder -M30%", "--find-copies-harder -l1",
    "-M --find-copies-harder -- dir", "-C -C -R", "--find-copies-harder --diff-filter=C",
    "-C -C20",
  ]

  @Test(arguments: 40..<46 as Range<UInt64>)
  func `files that stay are what others were copied from`(seed: UInt64) throws {
    let history = try EditingHistory(seed: seed)
    for options in Self.copies {
      try history.harness.expectSame(["log", "--raw", "main"] + Self.words(options))
    }
  }

  private static let needles = [
    "-Send", "-S return", "-S}", "-Gif .x", "-G ^[0-9]$", "-GEND -i", "-SEND -i",
    "-Send --pickaxe-all", "-S7 --diff-filter=M", "-G x|y --oneline", "-S{ -S} -p",
    "-Send -Gend", "-Send -2", "-Send -c", "-Gend --cc --raw", "-Send --name-only -M -C",
    "-Send -- dir", "-G. -w", "-G [0-9]{3} --stat", "-S",
  ]

  @Test(arguments: 50..<54 as Range<UInt64>)
  func `changes are found by what comes and goes`(seed: UInt64) throws {
    var history = try EditingHistory(seed: seed)
    let commits = try history.commits()
    for needle in Self.needles {
      let words = Self.words(needle)
      try history.harness.expectSame(["log", "main"] + words)
      try history.harness.expectSame(["log", "--raw", "main"] + words)
      // Limits of walks mean nothing to others.
      if words.contains(where: { ["-i", "-2", "--", "--cc", "--oneline"].contains($0) }) {
        continue
      }
      try history.harness.expectSame(
        ["diff"] + words + ["--raw", history.pick(commits), history.pick(commits)])
      try history.harness.expectSame(["diff-tree"] + words + ["-r", history.pick(commits)])
    }
  }
}
