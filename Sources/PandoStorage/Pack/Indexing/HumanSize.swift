/// Sizes for people, in Git's words.
package enum HumanSize {
  /// `5 bytes`, `1.50 KiB`, `2.00 MiB`, `3.25 GiB`.
  package static func text(_ bytes: Int) -> String {
    let units: [(shift: Int, name: String)] = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    for (shift, name) in units where bytes > 1 << shift {
      // Git's rounding differs a little below a gibibyte.
      let rounding = shift == 30 ? 0 : shift == 20 ? 5243 : 5
      let value = bytes + rounding
      let part =
        shift == 30
        ? (value & (1 << 30 - 1)) / 10_737_419
        : shift == 20
          ? ((value & (1 << 20 - 1)) * 100) >> 20 : ((value & (1 << 10 - 1)) * 100) >> 10
      return "\(value >> shift).\(part < 10 ? "0" : "")\(part) \(name)"
    }
    return "\(bytes) \(bytes == 1 ? "byte" : "bytes")"
  }
}
