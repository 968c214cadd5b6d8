internal import PandoBytes
internal import PandoObjects
internal import PandoStore

/// The trees and paths on the command line of a comparison, told apart as git does it.
struct TreeWords {
  /// What was named, in order.
  private(set) var terms: [RevisionTerm] = []
  private(set) var paths: [PathFilter.Item] = []

  /// Sorts the words; those that begin with a dash go to `takeOption`.
  init(
    _ arguments: [ByteString], _ context: CommandContext, hint: RevisionParser.Hint,
    takeOption: (String) throws -> Void
  ) throws {
    let revisions = try context.revisionParser()
    var words = arguments.map(\.text)
    let dashes = words.firstIndex(of: "--")
    if let dashes {
      for path in words[(dashes + 1)...] { paths.append(try WalkPathspec.read(path, context)) }
      words.removeSubrange(dashes...)
    }
    let check = FileNameCheck(context: context, parser: revisions)
    var position = 0
    while position < words.count {
      defer { position += 1 }
      let word = words[position]
      if DiffOptions.takesValue(word), position + 1 < words.count {
        position += 1
        try takeOption(word + words[position])
      } else if word.hasPrefix("-"), word.count > 1 {
        try takeOption(word)
      } else if let found = try revisions.terms(word, hint: hint) {
        if dashes == nil { try check.refuseFile(word) }
        terms += found
      } else {
        if dashes != nil { throw CommandFailure.fatal("bad revision '\(word)'") }
        paths += try check.paths(words[position...])
        return
      }
    }
  }

  /// What is compared: for `A..B` the first is the one that is left out, for `A...B` where the two
  /// parted.
  var compared: [ObjectID] {
    let ids = terms.map(\.id)
    if terms.contains(where: \.isLeft), let base = terms.first(where: \.isExcluded),
      let new = terms.first(where: { !$0.isExcluded && !$0.isLeft })
    {
      return [base.id, new.id]
    }
    return terms.count == 2 && terms[1].isExcluded ? ids.reversed() : ids
  }
}
