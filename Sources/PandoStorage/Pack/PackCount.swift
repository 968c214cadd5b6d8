internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The number of objects in the header of a pack that was written before it was known.
enum PackCount {
  /// Where it stands.
  private static let offset = 8
  private static let chunkBytes = 256 << 10

  /// The number as it is written.
  static func number(_ count: Int) throws(PandoError) -> UInt32 {
    guard let number = UInt32(exactly: count) else {
      throw PandoError(.limitExceeded, "a pack cannot hold \(count) objects")
    }
    return number
  }

  /// Puts the number into the header, and the checksum of all before it to `end`, where the entries
  /// end. O(bytes of the pack). Returns the checksum.
  static func write(
    _ count: Int, to file: any WritableFile, _ reader: any ReadableFile, end: Int,
    _ algorithm: HashAlgorithm
  ) throws(PandoError) -> Digest {
    let number = try number(count)
    do throws(FileError) {
      var header: [UInt8] = []
      header.append(bigEndian: number)
      try file.write(header.span, at: offset)
      var hasher = ChecksumHasher(algorithm)
      var place = 0
      while place < end {
        let chunk = try reader.read(at: place, count: min(chunkBytes, end - place))
        guard !chunk.isEmpty else {
          throw FileError(call: "read", path: reader.path, errno: FileErrorNumber.notFound)
        }
        hasher.update(chunk.span)
        place += chunk.count
      }
      let checksum = hasher.finish()
      var trailer: [UInt8] = []
      checksum.append(to: &trailer)
      try file.write(trailer.span, at: end)
      return checksum
    } catch {
      throw .refused("pack \(file.path)", error)
    }
  }
}
