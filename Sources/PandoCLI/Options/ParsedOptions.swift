internal import PandoBytes

/// The words of a command line, sorted into options and arguments.
struct ParsedOptions<Key: Hashable & Sendable>: Sendable {
  /// One option as it was given.
  struct Occurrence: Sendable {
    /// Which.
    let key: Key
    /// Its value, when it has one.
    let value: ByteString?
    /// Whether `--no-` took it back.
    let isNegated: Bool
    /// As git names it in complaints: option `abbrev', or switch `n'.
    let display: String
  }

  /// The options in their order.
  var occurrences: [Occurrence] = []
  /// The other words in their order, without `--`.
  var arguments: [ByteString] = []
  /// How many arguments stood before `--`; nil without one.
  var countBeforeSeparator: Int?
  /// The last option of those that exclude each other.
  var mode: Key?

  private func last(_ key: Key) -> Occurrence? { occurrences.last { $0.key == key } }

  /// Whether the option is on: given, and not taken back later.
  func has(_ key: Key) -> Bool { last(key).map { !$0.isNegated } ?? false }

  /// Whether the option is on, off, or was not given.
  func choice(_ key: Key) -> Bool? { last(key).map { !$0.isNegated } }

  /// How often it was given since it was last taken back.
  func count(_ key: Key) -> Int { sinceNegation(key).count }

  /// Its last value; nil when it was not given, was taken back, or stood without a value.
  func value(_ key: Key) -> ByteString? {
    last(key).flatMap { $0.isNegated ? nil : $0.value }
  }

  /// Its last value as text.
  func text(_ key: Key) -> String? { value(key)?.text }

  /// All its values since it was last taken back.
  func values(_ key: Key) -> [ByteString] { sinceNegation(key).compactMap(\.value) }

  /// Its last value as a number; nil when there is none. Throws git's complaint for other text.
  func integer(_ key: Key) throws(UsageError) -> Int? {
    guard let occurrence = last(key), !occurrence.isNegated, let value = occurrence.value else {
      return nil
    }
    guard let number = Int(value.text) else {
      throw UsageError(complaint: "error: \(occurrence.display) expects a numerical value")
    }
    return number
  }

  private func sinceNegation(_ key: Key) -> ArraySlice<Occurrence> {
    let given = occurrences.filter { $0.key == key }
    let start = given.lastIndex { $0.isNegated }.map { $0 + 1 } ?? given.startIndex
    return given[start...]
  }
}
