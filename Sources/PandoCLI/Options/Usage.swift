/// How a command is called: the text behind `-h` and behind every complaint about its arguments.
///
/// The layout is git's: a line per form, then a line per option with its explanation in column 26.
enum Usage {
  private static let helpColumn = 26

  /// Lays out the text. Forms are without the program's name: `ls-tree [<options>] <tree-ish>`.
  static func text<Key>(_ forms: [String], _ options: [CommandOption<Key>]) -> String {
    var text = ""
    for (index, form) in forms.enumerated() {
      text += index == 0 ? "usage: pando \(form)\n" : "   or: pando \(form)\n"
    }
    text += "\n"
    let shown = options.filter { !$0.isHidden }
    for option in shown { text += line(option) }
    return shown.isEmpty ? text : text + "\n"
  }

  private static func line<Key>(_ option: CommandOption<Key>) -> String {
    var names: [String] = []
    if let short = option.short { names.append("-\(Character(UnicodeScalar(short)))") }
    if let long = option.long { names.append("--\(long)") }
    var line = "    " + names.joined(separator: ", ")
    switch option.form {
    case .flag, .mode: break
    case .value(let placeholder): line += " \(placeholder)"
    case .optionalValue(let placeholder):
      line += option.long == nil ? "[\(placeholder)]" : "[=\(placeholder)]"
    }
    // Two spaces at least between names and help; else help moves to a line of its own.
    if line.utf8.count <= helpColumn - 2 {
      line += String(repeating: " ", count: helpColumn - line.utf8.count)
    } else {
      line += "\n" + String(repeating: " ", count: helpColumn)
    }
    return line + option.help + "\n"
  }
}

/// A command line that cannot be meant, or a call for help: the text to print, where, and 129.
struct UsageError: Error {
  /// What standard error gets first.
  var complaint: String?
  /// What follows it.
  var usage: String?
  /// Whether the usage text goes to standard output, as for `-h`.
  var isHelp = false
}
