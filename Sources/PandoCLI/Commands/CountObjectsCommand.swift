public import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

/// `pando count-objects`: how many loose objects there are and how much room they take.
public struct CountObjectsCommand: Command {
  public let name = "count-objects"
  public let summary = "Count loose objects and the room they take"

  private enum Option { case verbose, readable }

  private static let parser = OptionParser<Option>(
    ["count-objects [-v] [-H | --human-readable]"],
    [
      .flag(.verbose, "-v", "--verbose", help: "tell about packs and garbage too"),
      .flag(.readable, "-H", "--human-readable", help: "print sizes in fitting units"),
    ])

  public func run(_ arguments: [ByteString], in context: CommandContext) throws -> ExitStatus {
    let options = try Self.parser.parse(arguments)
    guard options.arguments.isEmpty else { throw Self.parser.misuse() }
    var census = try ObjectCensus(context)
    let isVerbose = options.has(.verbose)
    try census.countLoose(reportsGarbage: isVerbose)
    func shown(_ bytes: Int) -> String {
      options.has(.readable) ? ByteCount.readable(bytes) : String(bytes / 1024)
    }
    guard isVerbose else {
      let size = shown(census.looseBytes) + (options.has(.readable) ? "" : " kilobytes")
      try context.output.write("\(census.loose.count) objects, \(size)\n")
      return .success
    }
    try census.countPacks()
    var text = "count: \(census.loose.count)\nsize: \(shown(census.looseBytes))\n"
    text += "in-pack: \(census.packed)\npacks: \(census.packs)\n"
    text += "size-pack: \(shown(census.packBytes))\n"
    text += "prune-packable: \(census.duplicates)\ngarbage: \(census.garbage)\n"
    text += "size-garbage: \(shown(census.garbageBytes))\n"
    for directory in try context.objectDatabase().alternates {
      text += "alternate: "
      text += String(decoding: PathQuoting.quoted(directory.bytes), as: UTF8.self) + "\n"
    }
    try context.output.write(text)
    return .success
  }
}

/// Sizes for people.
enum ByteCount {
  /// For example `80.00 KiB`; git's rounding.
  static func readable(_ bytes: Int) -> String {
    func parts(_ bits: Int, _ rounding: Int, _ unit: String) -> String {
      let rounded = bytes + rounding
      let hundredths = ((rounded & ((1 << bits) - 1)) * 100) >> bits
      return "\(rounded >> bits).\(hundredths < 10 ? "0" : "")\(hundredths) \(unit)"
    }
    if bytes > 1 << 30 { return parts(30, 5_368_709, "GiB") }
    if bytes > 1 << 20 { return parts(20, 5243, "MiB") }
    if bytes > 1 << 10 { return parts(10, 5, "KiB") }
    return bytes == 1 ? "1 byte" : "\(bytes) bytes"
  }
}
