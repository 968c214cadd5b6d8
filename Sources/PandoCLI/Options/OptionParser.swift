internal import PandoBytes

/// Git's grammar of options.
///
/// Long names may be cut short as far as they stay unique; `--no-` takes an option back; values
/// stand stuck or as the next word; short flags may be bundled; options may follow arguments until
/// `--`. Source: gitcli, and git's own answers.
struct OptionParser<Key: Hashable & Sendable>: Sendable {
  /// The forms of the command, for the usage text.
  let forms: [String]
  /// All options.
  let options: [CommandOption<Key>]
  /// Whether everything from the first argument on is an argument.
  var stopsAtFirstArgument = false
  /// The option that `-<number>` stands for.
  var numberKey: Key?

  init(
    _ forms: [String], _ options: [CommandOption<Key>], stopsAtFirstArgument: Bool = false,
    numberKey: Key? = nil
  ) {
    self.forms = forms
    self.options = options
    self.stopsAtFirstArgument = stopsAtFirstArgument
    self.numberKey = numberKey
  }

  /// The usage text.
  var usage: String { Usage.text(forms, options) }

  /// The error for arguments that are too few, too many or contradictory: usage on standard error.
  func misuse(_ complaint: String? = nil) -> UsageError {
    UsageError(complaint: complaint, usage: usage)
  }

  /// Sorts the words that follow the verb. Throws what git would complain about.
  func parse(_ words: [ByteString]) throws(UsageError) -> ParsedOptions<Key> {
    var parsed = ParsedOptions<Key>()
    var modeOption: CommandOption<Key>?
    var position = 0
    while position < words.count {
      let word = words[position]
      position += 1
      if word.bytes.first != UInt8(ascii: "-") || word.count == 1 {
        parsed.arguments.append(word)
        if stopsAtFirstArgument { break }
        continue
      }
      if word == "--" || word == "--end-of-options" {
        if word == "--" { parsed.countBeforeSeparator = parsed.arguments.count }
        break
      }
      var line = Line(words: words, position: position)
      let found =
        word.hasPrefix("--") ? [try long(word, &line)] : try short(word, &line)
      position = line.position
      for (option, occurrence) in found {
        if option.form == .mode {
          if let other = modeOption, other.key != option.key {
            throw UsageError(
              complaint: "error: \(occurrence.display) is incompatible with \(other.spelling)")
          }
          modeOption = option
          parsed.mode = option.key
        }
        parsed.occurrences.append(occurrence)
      }
    }
    parsed.arguments.append(contentsOf: words[position...])
    return parsed
  }

  private typealias Found = (
    option: CommandOption<Key>, occurrence: ParsedOptions<Key>.Occurrence
  )

  /// The words yet to come, of which an option's value may be the next.
  private struct Line {
    let words: [ByteString]
    var position: Int

    mutating func next() -> ByteString? {
      guard position < words.count else { return nil }
      defer { position += 1 }
      return words[position]
    }
  }

  private func help() -> UsageError { UsageError(usage: usage, isHelp: true) }
}

// MARK: Long options

extension OptionParser {
  private struct Candidate {
    let option: CommandOption<Key>
    let isNegated: Bool

    var spelling: String { (isNegated ? "no-" : "") + (option.long ?? "") }
  }

  private func long(_ word: ByteString, _ line: inout Line) throws(UsageError) -> Found {
    let text = word.bytes.dropFirst(2)
    let equals = text.firstIndex(of: UInt8(ascii: "="))
    let name = String(decoding: text[..<(equals ?? text.endIndex)], as: UTF8.self)
    let stuck = equals.map { ByteString(Array(text[($0 + 1)...])) }
    if stuck == nil, name == "help-all" { throw help() }
    let candidate = try find(name, complaint: String(decoding: text, as: UTF8.self))
    let option = candidate.option
    let display = "option `\(candidate.spelling)'"
    var value = stuck
    switch option.form {
    case .flag, .mode:
      if stuck != nil { throw UsageError(complaint: "error: \(display) takes no value") }
    case .value where candidate.isNegated, .optionalValue where candidate.isNegated:
      if stuck != nil { throw UsageError(complaint: "error: \(display) takes no value") }
    case .value:
      if value == nil { value = line.next() }
      if value == nil { throw UsageError(complaint: "error: \(display) requires a value") }
    case .optionalValue: break
    }
    return (
      option,
      .init(key: option.key, value: value, isNegated: candidate.isNegated, display: display)
    )
  }

  /// The option that a long name, whole or cut short, stands for.
  private func find(_ name: String, complaint: String) throws(UsageError) -> Candidate {
    var found: Candidate?
    var rival: Candidate?
    for option in options {
      guard let long = option.long else { continue }
      if long == name { return Candidate(option: option, isNegated: false) }
      var match: Candidate?
      if long.hasPrefix(name) {
        match = Candidate(option: option, isNegated: false)
      } else if option.isNegatable {
        if Self.isNegation(name, of: long) { return Candidate(option: option, isNegated: true) }
        if "no-".hasPrefix(name) || (name.hasPrefix("no-") && long.hasPrefix(name.dropFirst(3))) {
          match = Candidate(option: option, isNegated: true)
        }
      }
      guard let match else { continue }
      if let found, found.option.key != match.option.key || found.isNegated != match.isNegated {
        rival = found
      }
      found = match
    }
    if let found, let rival {
      let both = "could be --\(rival.spelling) or --\(found.spelling)"
      throw UsageError(
        complaint: "error: ambiguous option: \(complaint) (\(both))", usage: usage, isHelp: true)
    }
    guard let found else {
      throw UsageError(complaint: "error: unknown option `\(complaint)'", usage: usage)
    }
    return found
  }

  private static func isNegation(_ name: String, of long: String) -> Bool {
    if name.hasPrefix("no-"), name.dropFirst(3) == long { return true }
    return long.hasPrefix("no-") && long.dropFirst(3) == name
  }
}

// MARK: Short options

extension OptionParser {
  private func short(_ word: ByteString, _ line: inout Line) throws(UsageError) -> [Found] {
    let letters = word.bytes.dropFirst()
    if let numberKey, let option = options.first(where: { $0.key == numberKey }),
      letters.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
    {
      let value = ByteString(Array(letters))
      return [
        (option, .init(key: numberKey, value: value, isNegated: false, display: "option"))
      ]
    }
    var found: [Found] = []
    for index in letters.indices {
      let letter = letters[index]
      let rest = letters[(index + 1)...]
      guard let option = options.first(where: { $0.short == letter }) else {
        if letter == UInt8(ascii: "h") { throw help() }
        if index == letters.startIndex { try checkForDashes(letters) }
        throw unknown(letter, in: word)
      }
      let display = "switch `\(Character(UnicodeScalar(letter)))'"
      var value: ByteString?
      switch option.form {
      case .flag, .mode: break
      case .value:
        value = rest.isEmpty ? line.next() : ByteString(Array(rest))
        if value == nil { throw UsageError(complaint: "error: \(display) requires a value") }
      case .optionalValue: value = rest.isEmpty ? nil : ByteString(Array(rest))
      }
      found.append(
        (option, .init(key: option.key, value: value, isNegated: false, display: display)))
      switch option.form {
      case .value, .optionalValue: return found
      case .flag, .mode: break
      }
      if index == letters.startIndex, !rest.isEmpty { try checkForDashes(letters) }
    }
    return found
  }

  private func unknown(_ letter: UInt8, in word: ByteString) -> UsageError {
    letter < 0x80
      ? misuse("error: unknown switch `\(Character(UnicodeScalar(letter)))'")
      : misuse("error: unknown non-ascii option in string: `\(word.text)'")
  }

  /// A long name after one dash is a slip of the hand, and not a bundle.
  private func checkForDashes(_ letters: ArraySlice<UInt8>) throws(UsageError) {
    let text = String(decoding: letters, as: UTF8.self)
    guard letters.count >= 3 else { return }
    if text.hasPrefix("no-") || options.contains(where: { $0.long?.hasPrefix(text) == true }) {
      throw UsageError(complaint: "error: did you mean `--\(text)` (with two dashes)?")
    }
  }
}
