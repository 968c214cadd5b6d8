internal import PandoBytes

/// What stands in the braces after a name: `@{2}`, `@{yesterday}`.
package enum ReflogSelector: Hashable, Sendable {
  /// So many entries ago.
  case entry(Int)
  /// As it was at a moment, in seconds since 1970.
  case seconds(Int64)
  /// As it was at a moment that still has to be read.
  case date([UInt8])

  /// A name without its selector.
  package struct Selected: Hashable, Sendable {
    /// The name; empty for the current branch.
    package let name: [UInt8]
    /// The selector, when there is one.
    package let selector: ReflogSelector?
    /// Whether the name begins with `@{-n}`.
    package let isPriorCheckout: Bool
  }

  /// Numbers from here on are moments, not entries: Git's own border.
  private static let secondsMin = 100_000_000

  /// Splits a name from its selector; nil when `@{-n}` stands behind something, which names
  /// nothing.
  package static func split(_ text: [UInt8]) -> Selected? {
    var isPrior = false
    if text.last == UInt8(ascii: "}"), text.count >= 4 {
      var at = text.count - 4
      while at >= 0 {
        if text[at] == UInt8(ascii: "@"), text[at + 1] == UInt8(ascii: "{") {
          if text[at + 2] == UInt8(ascii: "-") {
            guard at == 0 else { return nil }
            isPrior = true
          } else if BranchMark.starting(text[at...]) == nil {
            let inner = text[(at + 2)..<(text.count - 1)]
            return Selected(
              name: Array(text[..<at]), selector: selector(Array(inner)),
              isPriorCheckout: isPrior)
          }
          break
        }
        at -= 1
      }
    }
    return Selected(name: text, selector: nil, isPriorCheckout: isPrior)
  }

  private static func selector(_ inner: [UInt8]) -> ReflogSelector {
    guard inner.allSatisfy({ (48...57).contains($0) }) else { return .date(inner) }
    guard let value = Int64(String(decoding: inner, as: UTF8.self)) else { return .date(inner) }
    return value >= secondsMin ? .seconds(value) : .entry(Int(value))
  }
}

/// `@{upstream}`, `@{u}` and `@{push}`, in letters of either case.
package enum BranchMark: Sendable {
  case upstream, push

  /// The mark that `text` begins with, and its length.
  package static func starting(_ text: ArraySlice<UInt8>) -> (mark: BranchMark, count: Int)? {
    for (word, mark) in [
      ("@{upstream}", BranchMark.upstream), ("@{u}", .upstream), ("@{push}", .push),
    ] {
      let head = text.prefix(word.utf8.count)
      let lowered = head.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
      if lowered.elementsEqual(word.utf8) { return (mark, word.utf8.count) }
    }
    return nil
  }
}
