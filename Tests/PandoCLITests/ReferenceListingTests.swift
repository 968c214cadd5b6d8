import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoCLI

@Suite struct ReferenceListingTests {
  private static let atoms = """
    refname refname:short refname:lstrip=1 refname:lstrip=2 refname:lstrip=-1 refname:lstrip=9 \
    refname:rstrip=1 refname:rstrip=-1 refname:rstrip=-9 refname:strip=2 objecttype objectsize \
    objectsize:disk objectname objectname:short objectname:short=1 objectname:short=10 \
    objectname:short=60 deltabase tree tree:short tree:short=5 parent parent:short numparent \
    object type tag author authorname authoremail authoremail:trim authoremail:localpart \
    authordate authordate:short authordate:iso authordate:iso-strict authordate:rfc2822 \
    authordate:raw authordate:unix authordate:format:%Y-%m authordate:iso-local committer \
    committername committeremail committeremail:localpart committerdate committerdate:raw \
    tagger taggername taggeremail:trim taggerdate:iso creator creatordate creatordate:short \
    subject subject:sanitize body contents contents:subject contents:body contents:signature \
    contents:size contents:lines=1 contents:lines=2 contents:lines=0 contents:lines=9 \
    contents:trailers trailers trailers:only trailers:unfold trailers:only,unfold \
    trailers:key=signed-off-by trailers:key=Reviewed-by:,unfold trailers:valueonly \
    trailers:keyonly trailers:key=key,valueonly trailers:separator=%x2C \
    trailers:separator=|,key_value_separator=-> trailers:only=no,valueonly=true raw raw:size \
    upstream upstream:short upstream:track upstream:trackshort upstream:track,nobracket \
    upstream:remotename upstream:remoteref symref symref:short flag HEAD color:red worktreepath
    """.split(separator: " ").map(String.init)

  @Test func `Every field has git's value, for references and for what tags point at`() throws {
    let sample = try ReferenceSample()
    for atom in Self.atoms {
      for field in [atom, "*" + atom] {
        try sample.expectSame(["for-each-ref", "--format=[%(\(field))]"])
      }
    }
    for atom in ["push", "push:short", "push:track", "push:remotename", "push:remoteref"] {
      try sample.expectSame(["for-each-ref", "--format=[%(\(atom))]"])
    }
  }

  @Test func `Every field orders as git orders it`() throws {
    let sample = try ReferenceSample()
    for atom in Self.atoms where !atom.hasPrefix("color") {
      try sample.expectSame(["for-each-ref", "--sort=\(atom)", "--format=%(refname)"])
    }
    for line in [
      "--sort=-refname", "--sort=version:refname", "--sort=-v:refname",
      "--sort=-version:refname:short --ignore-case", "--sort=*objecttype",
      "--sort=-*committerdate", "--sort=-creatordate", "--sort=refname --sort=objecttype",
      "--sort=-objecttype --sort=numparent", "--sort=refname --no-sort", "--sort=", "--sort=-",
      "--sort=foo", "--sort=v:", "--sort=refname:x", "--ignore-case --sort=refname",
    ] {
      try sample.expectSame(
        ["for-each-ref", "--format=%(refname)"] + ReferenceSample.words(line))
    }
  }

  @Test func `Layouts, quotes and complaints about formats are git's`() throws {
    let sample = try ReferenceSample()
    let all =
      "x=%(refname) y=%(subject) z=%(contents) %(align:30)%(refname:short)%(end) "
      + "%(if)%(upstream)%(then)a%(else)b%(subject)%(end)"
    for style in ["--shell", "--perl", "--python", "--tcl"] {
      try sample.expectSame(["for-each-ref", style, "--format=\(all)"])
      try sample.expectSame(["for-each-ref", style, "--format=%(raw)", "refs/tags/v1.1"])
    }
    for format in Self.formats {
      try sample.expectSame(["for-each-ref", "--format=\(format)"])
      try sample.expectSame(
        ["for-each-ref", "--format=\(format)", "--color=always", "--count=2"])
    }
  }

  private static let formats = [
    "%(align:20)%(refname:short)%(end)|", "%(align:20,right)%(refname:short)%(end)|",
    "%(align:21,middle)%(refname:short)%(end)|",
    "%(align:width=12,position=right)%(refname:lstrip=2)%(end)|",
    "%(align:right,30)%(align:10)%(objecttype)%(end)%(refname:short)%(end)|",
    "%(if)%(HEAD)%(then)* %(else)  %(end)%(refname)",
    "%(if)%(symref)%(then)S%(end)%(refname)",
    "%(if:equals=tag)%(objecttype)%(then)T%(else)N%(end)",
    "%(if:notequals=tag)%(objecttype)%(then)T%(else)N%(end)",
    "%(if)%(if)%(upstream)%(then)x%(end)%(then)a%(else)%(if:equals=main)%(refname:short)%(then)"
      + "m%(else)n%(end)%(end)", "%(if)  %(then)a%(else)b%(end)",
    "%(if)x%(then)%(else)b%(end)c", "%(then)", "%(if)%(else)%(end)", "%(if)%(end)",
    "%(if)%(then)%(then)%(end)", "%(if)%(then)%(else)%(else)%(end)",
    "%(if)%(then)%(else)%(then)%(end)", "%(align:10)%(then)%(end)",
    "%(if)%(align:4)%(then)%(end)%(end)", "%(end)", "%(if)", "a%%b%41%zz%",
    "%(refname)%00%0a|", "%", "%(", "%(refname", "%%(refname)", "%(foo)", "%()", "%(*)",
    "%(refname:foo)", "%(rest)", "%(align)", "%(align:x)", "%(align:-1)", "%(align:left)",
    "%(align:5,position=x)", "%(align:width=x)", "%(if:x)", "%(contents:x)",
    "%(contents:lines=x)", "%(contents:lines=-1)", "%(trailers:x)", "%(trailers:key)",
    "%(trailers:only=x)", "%(trailers:separator)", "%(color)", "%(color:x)",
    "%(color:bold red blue ul)", "%(objectname:short=0)", "%(objectname:short=)",
    "%(objectname:x)", "%(upstream:x)", "%(upstream:track,x)", "%(authoremail:x)",
    "%(authordate:x)", "%(committerdate:format)", "%(subject:x)", "%(body:x)", "%(raw:x)",
    "%(objecttype:x)", "%(deltabase:x)", "%(objectsize:x)", "%(symref:x)",
    "%(refname:lstrip=x)", "%(refname:rstrip=)", "%(refname:lstrip=99999999999)",
    "%(color:red)%(refname)%(color:reset)", "%(color:red)%(refname)", "%(refname:)",
    "%(if:equals=)%(upstream)%(then)none%(else)some%(end)",
  ]

  @Test(arguments: [
    "", "refs/heads", "refs/heads/", "refs/heads/*", "refs/heads/**", "refs/*/topic",
    "refs/heads/f", "refs/heads/feature", "refs/heads/feature/* refs/tags/v*", "topic", "*",
    "refs/**/one", "REFS/heads/u*", "--ignore-case REFS/heads/u*", "refs/tags/v1.?",
    "refs/tags/v[01]*", "--points-at=main", "--points-at v1.1", "--points-at=v1.1 refs/tags",
    "--points-at=v1.1 --points-at=topic", "--contains=topic", "--contains HEAD~1", "--contains",
    "--no-contains", "--no-contains=topic", "--merged", "--no-merged", "--merged=topic",
    "--merged=topic --no-merged=v1.0", "--merged=v1.0 --merged=topic",
    "--contains=v1.1 --no-contains=zz", "--merged=nope", "--contains=nope",
    "--contains=HEAD^{tree}", "--merged=HEAD^{tree}", "--no-merged=HEAD^{tree}",
    "--points-at=nope", "--count=2", "--count=0", "--count=-1", "--count=x", "--count",
    "--shell --perl", "--shell --no-shell --perl", "--bogus", "-x", "--color=foo",
    "--no-contains topic refs/tags", "-p", "-s", "--format=",
  ])
  func `for-each-ref picks what git picks`(line: String) throws {
    try Self.shared.get().expectSame(["for-each-ref"] + ReferenceSample.words(line))
  }

  @Test(arguments: [
    "", "--head", "--heads", "--tags", "--heads --tags", "-d", "--tags -d", "--verify",
    "--verify refs/heads/main", "--verify HEAD", "--verify main",
    "--verify refs/heads/main refs/heads/nope", "-q", "-q main", "-q nope", "nope", "main",
    "heads/main", "eads/main", "/main", "--verify -q refs/heads/nope", "--hash", "-s",
    "--hash=6", "-s7", "--hash=2", "--hash=60", "--abbrev", "--abbrev=5", "--abbrev=0",
    "--no-abbrev", "--hash -d", "--head main", "--head -d --tags", "--head nope",
    "--head --hash --abbrev", "--hash=x", "--abbrev=x", "--bogus", "topic v1.1 zz",
    "--verify -d refs/tags/nest", "--verify --hash refs/tags/nest",
    "--verify refs/heads/dangling", "--verify refs/heads/sym", "-s -d --tags --abbrev",
    "-d nest", "-dq nest",
  ])
  func `show-ref lists what git lists`(line: String) throws {
    try Self.shared.get().expectSame(["show-ref"] + ReferenceSample.words(line))
  }

  @Test func `show-ref filters names that do not exist`() throws {
    let input = """
      abc refs/heads/main
      refs/heads/nope
      xx refs/tags/nope^{}
      refs/tags/v1.1
      bad..ref
      x refs/heads/a..b

      foo
      """
    for option in ["--exclude-existing", "--exclude-existing=refs/tags/"] {
      try Self.shared.get().expectSame(["show-ref", option], input: Array(input.utf8))
      try Self.shared.get().expectSame(["show-ref", option], input: Array("\(input)\n".utf8))
    }
  }

  @Test(arguments: [
    "HEAD", "--short HEAD", "-q HEAD", "refs/heads/main", "-q refs/heads/main", "nope",
    "-q nope", "a..b", "refs/heads/sym", "--short refs/heads/sym",
    "--no-recurse refs/heads/sym", "refs/remotes/origin/HEAD",
    "--short refs/remotes/origin/HEAD", "refs/heads/dangling", "", "a b c", "-d", "-d nope",
    "-d refs/heads/main", "-d HEAD", "HEAD foo", "HEAD refs/heads/a..b", "refs/heads/q a..b",
    "-m '' HEAD refs/heads/main", "--bogus",
  ])
  func `symbolic-ref answers and refuses as git does`(line: String) throws {
    try Self.shared.get().expectSame(["symbolic-ref"] + ReferenceSample.words(line))
  }

  @Test(arguments: [
    "", "-v", "-vv", "-a", "-r", "-av", "-avv", "-rv", "--list", "--list f*", "-l feature/one",
    "-a --list o*", "-r --list origin/*", "--show-current", "--sort=-committerdate",
    "--sort=-refname", "--sort=objectname", "--contains topic", "--contains",
    "--no-contains topic", "--merged", "--no-merged", "--merged topic",
    "--merged=main --no-merged=topic", "--points-at main", "--points-at=topic -v",
    "-a --contains topic", "--format=%(refname)", "--format='%(refname:short) %(HEAD)' -v",
    "-v --abbrev=4", "-v --no-abbrev", "-v --abbrev=20", "-v --abbrev=0", "-i --list U*",
    "--color=always", "-v --color=always", "-vva --color=always", "--color=never", "--no-color",
    "--format=%(foo)", "--format=%(refname", "--sort=foo", "--contains nope", "--merged nope",
    "--points-at nope", "-d -m", "-d --list", "-u x -m y", "--bogus",
    "--contains main feature/one", "--list main topic", "--merged HEAD^{tree}", "--no-sort",
  ])
  func `branch lists what git lists`(line: String) throws {
    try Self.shared.get().expectSame(["branch"] + ReferenceSample.words(line))
  }

  @Test(arguments: [
    "", "-l", "-n", "-n1", "-n3", "-n0", "-n -l v*", "-l v1.?", "-l v1.0 nest", "-l -n2 nest",
    "--sort=-refname", "--sort=version:refname", "--sort=-v:refname",
    "--sort=v:refname --sort=objecttype", "--sort=taggerdate",
    "--format='%(refname:short) %(objecttype) %(*objecttype)'", "--contains",
    "--contains topic", "--contains HEAD~1 -n", "--no-contains topic", "--merged",
    "--merged topic", "--no-merged", "--points-at", "--points-at=v1.1", "--contains nope",
    "--merged nope", "--points-at nope", "-l -i V*", "--sort=foo", "--format=%(foo)",
    "--format=%(refname", "-l -d x", "-d -v x", "-l -a", "-l -m x", "-d -m x y", "-n 3",
    "--bogus", "--format=%(color:red)%(refname) --color=always", "-n2 --format=%(refname)",
    "--no-sort", "-nx",
  ])
  func `tag lists what git lists`(line: String) throws {
    try Self.shared.get().expectSame(["tag"] + ReferenceSample.words(line))
  }

  /// The sample that tests which change nothing share.
  private static let shared = Result { try ReferenceSample() }

  @Test(arguments: [
    "git clone -q --mirror . ../copy-$$; mv ../copy-$$ copy", "git worktree add -q copy loose",
  ])
  func `Bare repositories and linked worktrees list as for git`(setup: String) throws {
    let sample = try ReferenceSample()
    try ReferenceSample.shell(setup, in: sample.harness.path(""))
    for line in [
      "for-each-ref '--format=%(worktreepath)%(HEAD)%(upstream)%(flag)'", "branch -vva",
      "branch", "show-ref --head -d", "symbolic-ref HEAD", "tag -n",
      "for-each-ref '--format=%(objectsize:disk) %(deltabase)'",
    ] {
      try sample.expectSame(ReferenceSample.words(line), in: "copy")
      try sample.expectSame(ReferenceSample.words(line))
    }
  }

  @Test func `Names with version numbers order as git orders them`() throws {
    let harness = try CommandHarness()
    let git = harness.git()
    try git("init", "-q", ".")
    let id = try git("hash-object", "-w", "--stdin", input: [1]).line
    var random = SeededRandom(seed: 7)
    let letters = Array("0012391..-a")
    var names = Set<String>()
    for _ in 0..<400 {
      let name = (0..<Int.random(in: 1...7, using: &random)).map { _ in
        letters.randomElement(using: &random) ?? "x"
      }
      names.insert("x" + String(name) + "x")
    }
    let lines = names.filter { !$0.contains("..") }.map { "create refs/tags/\($0) \(id)\n" }
    try git("update-ref", "--stdin", input: Array(lines.joined().utf8))
    try harness.expectSame(["tag", "--sort=v:refname"])
    for suffixes in [["-"], ["-1", "-"], [".", "a"], ["-a", "-"]] {
      let settings = suffixes.flatMap { ["-c", "versionsort.suffix=\($0)"] }
      try harness.expectSame(settings + ["tag", "--sort=v:refname"])
    }
  }

  @Test func `Damaged formats and messages are refused or read, never trapped on`() {
    for format in Self.formats {
      Damage.bitFlips(of: Array(format.utf8), rounds: 40) { damaged in
        _ = try? FormatTemplate(parsing: damaged)
      }
    }
    let message = Array(
      """
      tree x
      author A <a> 1 +0

      sub
      ject

      body

      Signed-off-by: a
       b
      k: v
      -----BEGIN PGP SIGNATURE-----

      """.utf8)
    func read(_ bytes: [UInt8]) {
      let parts = MessageParts(of: bytes)
      _ = parts.sanitizedSubject + parts.subjectLine + parts.lines(3)
      for options in ["", "only", "unfold", "key=k", "separator=x,valueonly"] {
        _ = try? TrailerFormat(parsing: Array(options.utf8)).text(of: parts.message)
      }
    }
    Damage.truncations(of: message, read)
    Damage.bitFlips(of: message, rounds: 500, read)
  }

  @Test func `a width that no line has is refused`() {
    for width in ["1048577", "4294967295", "width=99999999999"] {
      #expect(throws: PandoError.self) { try FormatAtom(parsing: Array("align:\(width)".utf8)) }
    }
  }
}
