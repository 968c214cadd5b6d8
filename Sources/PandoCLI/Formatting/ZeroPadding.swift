extension String {
  /// The digits behind as many zeros as it takes to fill a width.
  func zeroPadded(to width: Int) -> String {
    String(repeating: "0", count: max(width - utf8.count, 0)) + self
  }
}
