internal import PandoFiles

/// The names of a pack's files.
enum PackNames {
  /// The path of the file that belongs to the pack at `path` and ends in `suffix`.
  static func path(of pack: FilePath, ending suffix: String) -> FilePath {
    let stem = pack.bytes.dropLast(pack.bytes.ends(with: ".pack") ? 5 : 0)
    return FilePath(bytes: Array(stem) + Array(suffix.utf8))
  }

  /// The name of the pack whose index is called `name`.
  static func pack(ofIndex name: [UInt8]) -> [UInt8] {
    name.ends(with: ".idx") ? Array(name.dropLast(4)) + Array(".pack".utf8) : name
  }
}

extension [UInt8] {
  /// Whether the last bytes are those of `suffix`.
  func ends(with suffix: String) -> Bool {
    let tail = suffix.utf8
    return count >= tail.count && self[(count - tail.count)...].elementsEqual(tail)
  }
}
