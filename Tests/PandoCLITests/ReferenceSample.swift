import Foundation
import PandoCLI
import PandoTestKit
import Testing

/// A repository with references of every kind, made once for each suite, and copies of it in which
/// git and `pando` do the same.
struct ReferenceSample {
  let harness: CommandHarness

  init() throws {
    harness = try CommandHarness()
    try Self.shell(Self.script, in: harness.path(""))
  }

  static func shell(_ script: String, in directory: String) throws {
    var environment = GitOracle.scrubbed
    environment["GIT_EDITOR"] = "true"
    let output = try ChildProcess.run(
      "sh", ["-ec", script], in: directory, environment: environment)
    guard output.status == 0 else { throw OracleFailure("\(script)\n\(output.errors)") }
  }

  /// The words of a line, in single or double quotes where they hold spaces.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return word.map { words + [$0] } ?? words
  }

  /// Runs the words with both and expects the same; usage texts are each its own.
  func expectSame(
    _ words: [String], input: [UInt8] = [], in subdirectory: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let wanted = try harness.git(subdirectory).run(words, input: input)
    let got = harness.pando(words, in: subdirectory, input: input)
    Self.compare(words, got, wanted, sourceLocation)
  }

  static func compare(
    _ words: [String], _ got: Outcome, _ wanted: GitOracle.Output,
    _ sourceLocation: SourceLocation
  ) {
    let told = "pando \(words)\n\(got.text)\(got.errors)\n--- git\n\(wanted.text)\(wanted.errors)"
    #expect(got.bytes == wanted.bytes, "\(told)", sourceLocation: sourceLocation)
    #expect(got.status == wanted.status, "\(told)", sourceLocation: sourceLocation)
    #expect(
      withoutUsage(got.errors) == withoutUsage(wanted.errors), "\(told)",
      sourceLocation: sourceLocation)
  }

  private static func withoutUsage(_ text: String) -> String {
    text.range(of: "usage: ").map { String(text[..<$0.lowerBound]) } ?? text
  }

  // MARK: Changes

  /// One run of a verb that changes something.
  struct Step {
    let words: [String]
    var input: [UInt8] = []

    init(_ line: String, input: String = "") {
      words = ReferenceSample.words(line)
      self.input = Array(input.utf8)
    }
  }

  /// Runs the steps with git in one copy and with `pando` in another and expects the same output
  /// and the same references, logs and settings.
  ///
  /// - Parameters:
  ///   - setup: a shell script that is run in both copies first.
  func expectSameChanges(
    _ steps: [Step], after setup: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // Both work at the same path, as messages name it.
    let copy = try CommandHarness()
    let path = copy.path("work")
    func prepare() throws {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: harness.path(""), toPath: path)
      if let setup { try Self.shell(setup, in: path) }
    }
    try prepare()
    let git = GitOracle(in: path)
    let wanted = try steps.map { try git.run($0.words, input: $0.input) }
    let wantedState = try Self.state(path)
    try prepare()
    let got = steps.map { copy.pando($0.words, in: "work", input: $0.input) }
    for (step, (got, wanted)) in zip(steps, zip(got, wanted)) {
      Self.compare(step.words, got, wanted, sourceLocation)
    }
    let state = try Self.state(path)
    for name in Set(state.keys).union(wantedState.keys).sorted() {
      #expect(
        state[name] == wantedState[name], "\(steps.map(\.words)) \(setup ?? ""): \(name)",
        sourceLocation: sourceLocation)
    }
  }

  /// References, logs and settings, by the names of their files.
  private static func state(_ path: String) throws -> [String: String] {
    var state: [String: String] = [:]
    let directory = path + "/.git"
    for case let name as String in FileManager.default.enumerator(atPath: directory) ?? .init() {
      let kept = ["refs/", "logs/"].contains { name.hasPrefix($0) }
      guard kept || ["HEAD", "config", "packed-refs"].contains(name) else { continue }
      var isDirectory: ObjCBool = false
      let file = directory + "/" + name
      _ = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
      guard !isDirectory.boolValue, let data = FileManager.default.contents(atPath: file) else {
        continue
      }
      state[name] = String(decoding: data, as: UTF8.self)
    }
    return state
  }
}

extension ReferenceSample {
  private static let script = #"""
    d=1112911993
    tick() {
      d=$((d+60)); export GIT_AUTHOR_DATE="$d -0700" GIT_COMMITTER_DATE="$d +0530"
    }
    tick; git init -q -b main .
    git config remote.origin.url x
    git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    echo one > f; git add f; git commit -qm 'first commit
    continued subject

    body one
      indented

    Signed-off-by: A <a@b>
    Reviewed-by: Foo Bar
     <foo@bar>
    key: value'
    tick; git tag v1.0; git tag -a -m 'annotated one' v1.1
    tick; git tag -a -m 'nested
    more

    body here' nest v1.1 2>/dev/null
    tick; echo two > f; git commit -qam 'second!'
    for t in v1.10 v1.9 v1.10-rc1 v1.10-rc2 v01.2; do git tag $t; done
    git tag -a -m 'tree tag' treetag 'HEAD^{tree}'; git tag -a -m 'blob tag' blobtag HEAD:f
    git tag lightblob HEAD:f; git tag lighttree 'HEAD^{tree}'
    git branch topic HEAD~1; git branch Upper; git branch feature/one
    git branch feature/two HEAD~1
    tick; git checkout -q topic; echo t > t; git add t
    git commit -qm 'topic: it'"'"'s $a "quoted" \back [x]{y} !bang'
    printf 'latin1 subj\351ct\n\nb\344dy\n' > ../msg-$$
    git -c i18n.commitEncoding=ISO-8859-1 commit -q --allow-empty -F ../msg-$$
    tick; git tag -a -m 'on topic' zz; git checkout -q main
    git merge -q --no-ff -m 'merge topic' topic
    tick; git update-ref refs/remotes/origin/main HEAD~1
    git update-ref refs/remotes/origin/topic topic
    git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
    git branch -q -u origin/main main; git branch -q -u origin/topic topic
    git branch -q -u main feature/one
    git config branch.Upper.remote origin; git config branch.Upper.merge refs/heads/gone
    git symbolic-ref refs/heads/sym refs/heads/topic
    git symbolic-ref refs/heads/dangling refs/heads/nowhere
    git branch 'wïde-名前'; git branch "o'dd\$na!me"; git branch heads; git tag topic
    git update-ref refs/notes/x HEAD; git update-ref refs/main topic
    literal() { git hash-object -t $1 --literally -w ../msg-$$; }
    printf 'tree %s\nauthor Nobody <> 0 +0000\ncommitter x <broken 99\n\n\n\n  sub\r\nject\r\n' \
      $(git rev-parse 'HEAD^{tree}') > ../msg-$$
    printf '\r\nbody\r\n' >> ../msg-$$; git update-ref refs/heads/odd $(literal commit)
    printf 'tree %s\nauthor A <a@b> 1112911993 -0700\ncommitter A <a@b> 99999999999999999999 +0\n' \
      $(git rev-parse 'HEAD^{tree}') > ../msg-$$
    printf '\nnoeol. with... dots..--x' >> ../msg-$$
    git update-ref refs/heads/odd2 $(literal commit)
    printf 'object %s\ntype commit\ntag signed\ntagger T <t@x> 1112911993 +0100\n\nsigned sub\n' \
      $(git rev-parse HEAD) > ../msg-$$
    printf '\nbody\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n' \
      >> ../msg-$$
    git update-ref refs/tags/signed $(literal tag)
    printf 'object %s\ntype commit\ntag old\n\nno tagger\n' $(git rev-parse HEAD) > ../msg-$$
    git update-ref refs/tags/old $(literal tag); rm ../msg-$$
    git pack-refs --all; git update-ref refs/heads/loose HEAD~1
    git update-ref refs/heads/feature/one HEAD
    """#
}
