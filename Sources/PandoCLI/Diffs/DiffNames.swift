internal import PandoBytes
internal import PandoMerge

/// How names of files are written in differences.
struct DiffNames {
  let quotesHighBytes: Bool

  /// A name, quoted where it has to be.
  func quoted(_ name: [UInt8]) -> [UInt8] {
    PathQuoting.quoted(name, quotesHighBytes: quotesHighBytes)
  }

  /// A name behind a prefix, quoted together.
  func quoted(_ prefix: String, _ name: [UInt8]) -> [UInt8] {
    quoted(Array(prefix.utf8) + name)
  }

  /// A change of names with what they share written once: `a/{b => c}/d`.
  func renamed(_ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
    let arrow = Array(" => ".utf8)
    let (quotedOld, quotedNew) = (quoted(old), quoted(new))
    if quotedOld != old || quotedNew != new { return quotedOld + arrow + quotedNew }
    let slash = UInt8(ascii: "/")
    let shared = zip(old, new).prefix { $0 == $1 }.count
    let prefix = old[..<shared].lastIndex(of: slash).map { $0 + 1 } ?? 0
    var suffix = 0
    // The slash that ends the prefix may begin the suffix too.
    let rest = max(prefix - 1, 0)
    var length = 1
    while length <= old.count - rest, length <= new.count - rest,
      old[old.count - length] == new[new.count - length]
    {
      if old[old.count - length] == slash { suffix = length }
      length += 1
    }
    if prefix == 0, suffix == 0 { return old + arrow + new }
    let oldMiddle = old[prefix..<max(prefix, old.count - suffix)]
    let newMiddle = new[prefix..<max(prefix, new.count - suffix)]
    var name = Array(old[..<prefix])
    name.append(UInt8(ascii: "{"))
    name += oldMiddle
    name += arrow
    name += newMiddle
    name.append(UInt8(ascii: "}"))
    name += old[(old.count - suffix)...]
    return name
  }
}
