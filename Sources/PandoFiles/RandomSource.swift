/// The one door to chance.
public protocol RandomSource: Sendable {
  /// The next number; all values are equally likely.
  func next() -> UInt64
}

/// The system's random numbers, fit for secrets.
public struct SystemRandom: RandomSource {
  /// Makes the door; it holds nothing.
  public init() {}

  /// The next number.
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}
