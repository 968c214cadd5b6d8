public import PandoObjects

/// What the next commit says about itself. A string literal is its message:
/// `try main.update("Add a note") { … }`.
public struct CommitInfo: Hashable, Sendable {
  /// Why. Line ends around it are trimmed and one is put behind it; an empty message stays empty.
  public var message: String
  /// Who wrote the change, and when; nil takes the repository's identity and `date`.
  public var author: Signature?
  /// Who commits it, and when; nil takes the repository's identity and `date`.
  public var committer: Signature?
  /// When, for signatures that are not given; nil takes the clock at each attempt.
  public var date: Signature.Time?
  /// Headers behind the committer, in their order.
  public var extraHeaders: [HeaderedText.Header]

  /// Describes a commit.
  public init(
    _ message: String, author: Signature? = nil, committer: Signature? = nil,
    date: Signature.Time? = nil, extraHeaders: [HeaderedText.Header] = []
  ) {
    self.message = message
    self.author = author
    self.committer = committer
    self.date = date
    self.extraHeaders = extraHeaders
  }

  /// The first line that is not blank, as a reflog shows it.
  public var subject: String {
    message.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) }
      .map(String.init) ?? ""
  }

  /// The bytes of the message as a commit stores them.
  func messageBytes() throws(PandoError) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    let bytes = Array(message.utf8)
    guard !bytes.contains(0) else {
      throw PandoError(.invalidInput, "a commit message cannot hold a NUL")
    }
    guard let last = bytes.lastIndex(where: { $0 != newline }) else { return [] }
    let first = bytes.firstIndex { $0 != newline } ?? 0
    return bytes[first...last] + [newline]
  }
}

extension CommitInfo: ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) { self.init(value) }
}
