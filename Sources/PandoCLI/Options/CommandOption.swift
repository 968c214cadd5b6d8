/// An option of a command: how it is spelled, whether it takes a value, what it is for.
///
/// `Key` is an enumeration that the command makes for its options.
struct CommandOption<Key: Hashable & Sendable>: Sendable {
  /// What may follow the option's name.
  enum Form: Hashable, Sendable {
    /// Nothing.
    case flag
    /// A value, stuck or as the next word.
    case value(String)
    /// A value only when stuck: `--abbrev[=<n>]`.
    case optionalValue(String)
    /// Nothing, and no other option of this form may be given beside it.
    case mode
  }

  let key: Key
  let short: UInt8?
  let long: String?
  let form: Form
  let help: String
  /// Whether `--no-` before the long name takes the option back.
  let isNegatable: Bool
  /// Whether the usage text leaves it out.
  let isHidden: Bool

  /// Names are spelled as the user types them: `-r`, `--recurse`.
  private init(
    _ key: Key, _ names: [String], _ form: Form, help: String, isNegatable: Bool, isHidden: Bool
  ) {
    self.key = key
    long = names.first { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
    short = names.first { !$0.hasPrefix("--") }.flatMap { $0.utf8.dropFirst().first }
    self.form = form
    self.help = help
    self.isNegatable = isNegatable
    self.isHidden = isHidden
  }

  /// An option without a value.
  static func flag(
    _ key: Key, _ names: String..., help: String, isNegatable: Bool = true, isHidden: Bool = false
  ) -> CommandOption {
    CommandOption(key, names, .flag, help: help, isNegatable: isNegatable, isHidden: isHidden)
  }

  /// An option with a value; `placeholder` stands for it in the usage text: `<file>`.
  static func value(
    _ key: Key, _ names: String..., placeholder: String, help: String, isNegatable: Bool = true,
    isHidden: Bool = false
  ) -> CommandOption {
    CommandOption(
      key, names, .value(placeholder), help: help, isNegatable: isNegatable, isHidden: isHidden)
  }

  /// An option whose value, when it has one, is stuck to it.
  static func optionalValue(
    _ key: Key, _ names: String..., placeholder: String, help: String, isNegatable: Bool = true,
    isHidden: Bool = false
  ) -> CommandOption {
    CommandOption(
      key, names, .optionalValue(placeholder), help: help, isNegatable: isNegatable,
      isHidden: isHidden)
  }

  /// One of several options that exclude each other.
  static func mode(_ key: Key, _ names: String..., help: String) -> CommandOption {
    CommandOption(key, names, .mode, help: help, isNegatable: false, isHidden: false)
  }

  /// As a complaint names it: `--long`, or `-t` without a long form.
  var spelling: String {
    if let long { return "--\(long)" }
    return short.map { "-\(Character(UnicodeScalar($0)))" } ?? ""
  }
}
