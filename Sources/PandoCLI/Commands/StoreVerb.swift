internal import PandoBytes
internal import PandoObjects

/// The options that the store's verbs share, and their grammar.
struct StoreVerb {
  enum Option { case branch, message, zero }

  let parser: OptionParser<Option>

  /// Makes the grammar of one verb; forms are without `[<options>]`.
  init(_ forms: String..., changes: Bool = false, lists: Bool = false) {
    var options: [CommandOption<Option>] = [
      .value(
        .branch, "-b", "--branch", placeholder: "<branch>",
        help: "the branch; what HEAD names unless given", isNegatable: false)
    ]
    if changes {
      options.append(
        .value(
          .message, "-m", "--message", placeholder: "<message>", help: "why, for the commit"))
    }
    if lists { options.append(.flag(.zero, "-z", help: "end names with NUL and quote nothing")) }
    parser = OptionParser(forms, options)
  }

  /// The options and the arguments, of which there must be as many as the range allows.
  func parse(
    _ words: [ByteString], _ counts: ClosedRange<Int>
  ) throws(UsageError) -> ParsedOptions<Option> {
    let parsed = try parser.parse(words)
    guard counts.contains(parsed.arguments.count) else { throw parser.misuse() }
    return parsed
  }
}

extension TreePath {
  /// A path from the command line; throws for the root, which has no value.
  init(valueAt argument: ByteString) throws(CommandFailure) {
    self.init(bytes: argument.bytes)
    if isRoot { throw .fatal("'\(argument)' is the root, which holds no value") }
  }
}
