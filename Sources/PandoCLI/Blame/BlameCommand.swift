public import PandoBytes
internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStore

/// `pando blame`: tells for every line of a file the commit that it came with.
public struct BlameCommand: Command {
  public let name = "blame"
  public let summary = "Show which commit each line of a file came with"

  public func run(_ words: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try BlameOptions(words, context)
    let arguments = try BlameArguments(options, context)
    var blame = try arguments.blame(options, context)
    let ranges = options.parsed.values(.range)
    if !ranges.isEmpty {
      blame.limit(
        to: try LineRange.read(
          ranges, in: blame.text, path: arguments.path, misuse: BlameOptions.parser.misuse()))
    }
    var commits = BlamedCommits(
      try context.objects(), mailmap: try context.mailmap(), encoding: options.encoding)
    if let file = arguments.uncommitted {
      let seconds = context.clock.now().seconds
      let zone = context.clock.utcOffsetMinutes(at: seconds)
      commits.add(file, at: Signature.Time(seconds: seconds, offsetMinutes: zone))
    }
    var porcelain = BlamePorcelain(
      commits, isForEachLine: options.has(.linePorcelain),
      quotesHighBytes: try context.quotesHighBytes())
    if options.has(.incremental) {
      while let found = try blame.next() {
        var output: [UInt8] = []
        for lines in found { try porcelain.appendFound(lines, to: &output) }
        try context.output.write(output)
        try context.output.flush()
      }
      return .success
    }
    let all = try blame.remaining()
    var output: [UInt8] = []
    if options.isPorcelain {
      try porcelain.append(all, of: blame.text, to: &output)
      try context.output.write(output)
      return .success
    }
    var printer = try BlamePrinter(
      all, path: arguments.path, options, commits, context.revisionParser())
    for lines in all {
      output.removeAll(keepingCapacity: true)
      try printer.append(lines, of: blame.text, to: &output)
      try context.output.write(output)
    }
    return .success
  }
}
