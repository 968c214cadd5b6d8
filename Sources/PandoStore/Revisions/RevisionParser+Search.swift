internal import PandoBytes
internal import PandoMerge
internal import PandoObjects

/// `:/text` and `^{/text}`: the youngest commit whose message matches.
extension RevisionParser {
  /// Where `:/text` starts: HEAD and every reference, youngest first.
  func everyTip() throws(PandoError) -> [ObjectID] {
    var tips: [ObjectID] = []
    for reference in try source.references.references(withPrefix: "refs/") {
      guard let id = try source.references.id(of: reference.name), try objects.contains(id),
        let commit = try objects.peelToCommit(id)
      else { continue }
      tips.append(commit)
    }
    if let head = try source.references.id(of: .head), try objects.contains(head),
      let commit = try objects.peelToCommit(head)
    {
      tips.append(commit)
    }
    return tips.reversed()
  }

  /// Walks from `starts` by committer date and returns the first commit whose message matches. Each
  /// commit is read once; nil for a pattern that cannot be read.
  func youngest(
    matching text: [UInt8], from starts: [ObjectID]
  ) throws(PandoError) -> ObjectID? {
    var text = text
    var isNegative = false
    if text.first == UInt8(ascii: "!") {
      text.removeFirst()
      if text.first == UInt8(ascii: "-") {
        text.removeFirst()
        isNegative = true
      } else if text.first != UInt8(ascii: "!") {
        return nil
      }
    }
    guard let pattern = try? TextPattern(text, .init(syntax: .extended)) else { return nil }
    var queue = CommitQueue()
    var seen = ObjectNumbers()
    for start in starts {
      let (number, isNew) = seen.insert(start)
      guard isNew else { continue }
      queue.insert(Int32(number), date: try objects.commitLinks(start).committerSeconds)
    }
    while let number = queue.removeNext() {
      let id = seen.ids[Int(number)]
      let commit = try objects.commit(id)
      if (commit.text.message.map { pattern.matches($0) } ?? false) != isNegative { return id }
      for parent in commit.parents {
        let (number, isNew) = seen.insert(parent)
        guard isNew, try objects.contains(parent) else { continue }
        queue.insert(Int32(number), date: try objects.commitLinks(parent).committerSeconds)
      }
    }
    return nil
  }
}
