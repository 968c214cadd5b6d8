public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStore

/// `pando show`: shows objects of any kind, commits with what they changed.
public struct ShowCommand: Command {
  public let name = "show"
  public let summary = "Show commits with their changes, tags, trees and files"

  private static let usage = """
    usage: pando show [<options>] <object>...

    """

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    if arguments == ["-h"] { throw UsageError(usage: Self.usage, isHelp: true) }
    var run = try LogRun(arguments, isShow: true, in: context)
    // Where commits are left out, or counted, those between are walked through.
    if run.arguments.walk.isSinglyNamed { try run.showObjects() } else { try run.run() }
    return .success
  }
}

extension LogRun {
  /// Shows the objects that were named, one after the other.
  fileprivate mutating func showObjects() throws {
    let objects = try context.objects()
    var shown = Set<ObjectID>()
    for term in arguments.terms {
      var id = term.id
      var tagsLeft = Limits.tagDepth
      while let object = try objects.read(id), object.kind == .tag, tagsLeft > 0 {
        let tag = try objects.annotatedTag(id)
        try show(tag)
        id = tag.target
        tagsLeft -= 1
      }
      switch try objects.header(of: id)?.kind {
      case .commit?:
        // As git: a commit is shown once, whatever else leads to it.
        if shown.insert(id).inserted { try show([RevisionTerm(id: id, name: term.name)]) }
      case .tree?: try show(try objects.tree(id), name: term.name)
      case .blob?: try context.output.write(try objects.body(of: id, .blob))
      case .tag?: throw CommandFailure.fatal("\(term.name): tags are nested too deeply")
      case nil: throw CommandFailure.error("could not read object \(id)", status: .fatal)
      }
    }
    try warnOfLimit()
  }

  private mutating func show(_ tag: AnnotatedTag) throws {
    var text = start("tag \(tag.name?.text ?? "")")
    for header in tag.text.headers where header.name == "tagger" {
      printer.appendPerson("Tagger", header.value ?? [], mailmap: nil, to: &text)
    }
    if let message = tag.text.message { text += [10] + message }
    try context.output.write(text)
  }

  private mutating func show(_ tree: Tree, name: String) throws {
    var text = start("tree \(name)")
    text.append(10)
    for entry in tree {
      text += entry.name.bytes
      text.append(text: entry.mode.isDirectory ? "/\n" : "\n")
    }
    try context.output.write(text)
  }

  /// The first line of what is no commit, set off from what was shown before.
  private mutating func start(_ title: String) -> [UInt8] {
    defer { isFirst = false }
    return Array("\(isFirst ? "" : "\n")\(style.colors.commit)\(title)\(style.colors.reset)\n".utf8)
  }
}
