internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// What `blame` tells of commits, read once for each.
struct BlamedCommits {
  /// A person and a moment.
  struct Person {
    var name: [UInt8]
    /// In angle brackets.
    var email: [UInt8]
    var seconds: [UInt8]
    var zone: [UInt8]
    var time: Signature.Time
  }

  /// A commit.
  struct Details {
    let author: Person
    let committer: Person
    let summary: [UInt8]
  }

  private let objects: any ObjectReader
  private let mailmap: Mailmap?
  private let encoding: String
  private var known: [ObjectID: Details] = [:]

  init(_ objects: any ObjectReader, mailmap: Mailmap?, encoding: String) {
    self.objects = objects
    self.mailmap = mailmap
    self.encoding = encoding
  }

  /// Has a commit told of that is none yet, and has a name of zeros.
  mutating func add(_ file: UncommittedFile, at time: Signature.Time) {
    let zone = Array(time.text.utf8.split(separator: UInt8(ascii: " ")).last ?? [])
    let nobody = Person(
      name: Array("Not Committed Yet".utf8), email: Array("<not.committed.yet>".utf8),
      seconds: Array(String(time.seconds).utf8), zone: zone, time: time)
    known[.null(objects.hashAlgorithm)] = Details(
      author: nobody, committer: nobody, summary: Array(file.summary.utf8))
  }

  /// What is told of a commit.
  mutating func details(_ commit: ObjectID) throws -> Details {
    if let details = known[commit] { return details }
    let text = CommitMessageText(try objects.body(of: commit, .commit), output: encoding)
    let message = CommitMessageText.withoutBlankLines(text.message)
    let summary = message.prefix { $0 != UInt8(ascii: "\n") }
    let details = Details(
      author: person(text.header("author")), committer: person(text.header("committer")),
      summary: summary.isEmpty ? Array("(\(commit.hex))".utf8) : Array(summary))
    known[commit] = details
    return details
  }

  private func person(_ line: [UInt8]?) -> Person {
    let unknown = Array("(unknown)".utf8)
    guard let line, let ident = IdentLine(line) else {
      return Person(
        name: unknown, email: unknown, seconds: [48], zone: unknown,
        time: Signature.Time(seconds: 0, zone: 0))
    }
    let (name, email) =
      mailmap?.mapped(name: ident.name, email: ident.email) ?? (ident.name, ident.email)
    let seconds = ident.secondsDigits.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    return Person(
      name: name, email: [UInt8(ascii: "<")] + email + [UInt8(ascii: ">")],
      seconds: Array(String(seconds ?? 0).utf8),
      zone: ident.zoneDigits.isEmpty ? unknown : ident.zoneDigits, time: ident.time)
  }
}
