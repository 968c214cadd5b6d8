import PandoTestKit

/// Made-up texts of few different lines, and changes to them.
struct RandomText {
  var random: SeededRandom
  /// How lines end.
  var ending = "\n"
  /// How many different lines there are.
  var vocabulary = 12

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private static let shapes = [
    "", "}", "{", "  return", "\tif x {", "    ", "name", "  }", "--", "/* */", "x = 1", "    y()",
  ]

  mutating func line() -> String {
    let number = Int.random(in: 0..<vocabulary, using: &random)
    return (number < Self.shapes.count ? Self.shapes[number] : "line \(number)") + ending
  }

  mutating func lines(_ count: Int) -> [String] { (0..<count).map { _ in line() } }

  /// The lines with `count` changes, each of a few lines.
  mutating func changed(_ lines: [String], _ count: Int) -> [String] {
    var lines = lines
    for _ in 0..<count {
      let place = Int.random(in: 0...lines.count, using: &random)
      let length = min(lines.count - place, Int.random(in: 0...4, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: lines.removeSubrange(place..<place + length)
      case 1: lines.insert(contentsOf: self.lines(length), at: place)
      case 2: lines.insert(contentsOf: lines[place..<place + length], at: place)
      default: lines.replaceSubrange(place..<place + length, with: self.lines(length))
      }
    }
    return lines
  }

  /// The bytes of the lines, at times without the last line's end.
  mutating func bytes(_ lines: [String]) -> [UInt8] {
    var bytes = Array(lines.joined().utf8)
    if Int.random(in: 0..<5, using: &random) == 0, bytes.last == UInt8(ascii: "\n") {
      bytes.removeLast()
    }
    return bytes
  }
}
