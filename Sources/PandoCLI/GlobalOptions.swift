internal import PandoBytes
internal import PandoFiles

/// What stands between `pando` and the verb.
struct GlobalOptions: Sendable {
  /// What the words before the verb ask for.
  enum Request: Sendable {
    /// Run this verb with these words.
    case command(name: String, arguments: [ByteString])
    /// Print the version.
    case version
    /// Print the help text; successful when it was asked for.
    case help(isAsked: Bool)
  }

  /// The Git directory, when named by `--git-dir` or `GIT_DIR`.
  var gitDirectory: FilePath?
  /// The work tree, when named by `--work-tree` or `GIT_WORK_TREE`.
  var workTree: FilePath?
  /// Whether `--bare` says that there is no work tree.
  var isBare = false
  /// Settings of `-c`, in their order; a value of nil stands for a bare name, which means true.
  var configuration: [(name: String, value: String?)] = []
  /// Directories of `-C`, in their order, each relative to the one before.
  var directories: [FilePath] = []

  static let usage = """
    usage: pando [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]
               [-p | --paginate | -P | --no-pager] [--bare] [--git-dir=<path>]
               [--work-tree=<path>] [--config-env=<name>=<envvar>]
               <command> [<args>]

    """
}

extension GlobalOptions {
  /// Reads the words up to the verb.
  static func parse(
    _ words: [ByteString], environment: ProcessEnvironment
  ) throws -> (options: GlobalOptions, request: Request) {
    var options = GlobalOptions()
    var position = 0
    /// The value of an option, stuck behind `=` or the next word.
    func value(_ word: String, _ name: String, _ complaint: String) throws -> ByteString? {
      if word.hasPrefix(name + "=") {
        return ByteString(Array(words[position - 1].bytes.dropFirst(name.utf8.count + 1)))
      }
      guard word == name else { return nil }
      guard position < words.count else {
        throw UsageError(complaint: complaint, usage: Self.usage)
      }
      position += 1
      return words[position - 1]
    }
    while position < words.count {
      let word = words[position].text
      guard word.hasPrefix("-") else {
        let arguments = Array(words[(position + 1)...])
        return (options, try request(word, arguments))
      }
      position += 1
      switch word {
      case "-v", "--version": return (options, .version)
      case "-h", "--help": return (options, .help(isAsked: true))
      case "-p", "--paginate", "-P", "--no-pager", "--no-replace-objects", "--no-optional-locks":
        continue
      case "--literal-pathspecs", "--no-literal-pathspecs": continue
      case "--bare":
        options.isBare = true
        continue
      case "-c":
        guard position < words.count else {
          throw UsageError(complaint: "-c expects a configuration string", usage: Self.usage)
        }
        options.configuration.append(try setting(words[position].text))
        position += 1
        continue
      case "-C":
        guard position < words.count else {
          throw UsageError(complaint: "no directory given for '-C' option", usage: Self.usage)
        }
        options.directories.append(FilePath(bytes: words[position].bytes))
        position += 1
        continue
      default: break
      }
      let complaint = "no directory given for '\(word)' option"
      if let path = try value(word, "--git-dir", complaint) {
        options.gitDirectory = FilePath(bytes: path.bytes)
      } else if let path = try value(word, "--work-tree", complaint) {
        options.workTree = FilePath(bytes: path.bytes)
      } else if let text = try value(
        word, "--config-env", "no config key given for --config-env")
      {
        options.configuration.append(try setting(text.text, in: environment))
      } else if try value(word, "--namespace", "no namespace given for --namespace") != nil {
        throw CommandFailure.fatal("--namespace is not supported")
      } else {
        throw UsageError(complaint: "unknown option: \(word)", usage: Self.usage)
      }
    }
    return (options, .help(isAsked: false))
  }

  /// `help verb` and `verb --help` are `verb -h`: there are no manual pages.
  private static func request(_ verb: String, _ arguments: [ByteString]) throws -> Request {
    switch verb {
    case "version": return .version
    case "help":
      guard let topic = arguments.first(where: { !$0.hasPrefix("-") }) else {
        return .help(isAsked: true)
      }
      return .command(name: topic.text, arguments: ["-h"])
    default:
      if arguments.first == "--help" { return .command(name: verb, arguments: ["-h"]) }
      return .command(name: verb, arguments: arguments)
    }
  }

  private static func setting(_ text: String) throws -> (name: String, value: String?) {
    let equals = text.firstIndex(of: "=")
    let name = String(text[..<(equals ?? text.endIndex)])
    try checkName(name)
    return (name, equals.map { String(text[text.index(after: $0)...]) })
  }

  /// `name=VARIABLE`, split at the last `=`.
  private static func setting(
    _ text: String, in environment: ProcessEnvironment
  ) throws -> (name: String, value: String?) {
    guard let equals = text.lastIndex(of: "=") else {
      throw CommandFailure.fatal("invalid config format: \(text)")
    }
    let variable = String(text[text.index(after: equals)...])
    let name = String(text[..<equals])
    guard !variable.isEmpty else {
      throw CommandFailure.fatal(
        "missing environment variable name for configuration '\(name)'")
    }
    guard let value = environment[variable] else {
      throw CommandFailure.fatal(
        "missing environment variable '\(variable)' for configuration '\(name)'")
    }
    try checkName(name)
    return (name, value)
  }

  private static func checkName(_ name: String) throws {
    let last = "fatal: unable to parse command-line config"
    guard !name.isEmpty else {
      throw CommandFailure(lines: ["error: bogus config parameter: ", last], status: .fatal)
    }
    guard name.contains("."), name.first != "." else {
      throw CommandFailure(
        lines: ["error: key does not contain a section: \(name)", last], status: .fatal)
    }
    guard name.last != "." else {
      throw CommandFailure(
        lines: ["error: key does not contain variable name: \(name)", last], status: .fatal)
    }
  }
}
