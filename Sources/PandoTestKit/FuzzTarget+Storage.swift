import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage

/// The parsers of where objects are stored.
extension FuzzTarget {
  func packIndex(_ bytes: [UInt8]) {
    for algorithm in HashAlgorithm.allCases {
      guard let index = try? PackIndex(MappedFile(bytes), algorithm: algorithm) else { continue }
      try? index.verify()
      for position in 0..<index.count {
        _ = (try? index.offset(at: position), index.checksum(at: position))
        _ = index.position(of: index.id(at: position))
      }
      if let prefix = ObjectIDPrefix("0000", algorithm: algorithm) {
        _ = index.positions(matching: prefix)
      }
    }
  }

  func looseObject(_ bytes: [UInt8]) {
    var inflater = Inflater()
    let header = try? LooseObjectCoding.decodeHeader(bytes.span, &inflater)
    guard let object = try? LooseObjectCoding.decode(bytes.span, &inflater, limit: 1 << 24)
    else { return }
    precondition(object.header == header, "header and object differ")
  }

  /// A pack of two entries: the first byte tells where in the others the second one begins.
  func pack(_ bytes: [UInt8]) {
    guard let second = bytes.first else { return }
    var pack = Array("PACK".utf8)
    pack.append(bigEndian: UInt32(2))
    pack.append(bigEndian: UInt32(2))
    let start = pack.count
    pack += bytes.dropFirst()
    let checksum = ChecksumHasher.digest(of: pack.span, algorithm: .sha1)
    checksum.append(to: &pack)
    let names = [UInt8(1), 2].map { [UInt8](repeating: 0, count: 19) + [$0] }
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    for _ in 0..<256 { index.append(bigEndian: UInt32(2)) }
    index += names.joined()
    for _ in names { index.append(bigEndian: UInt32(0)) }
    index.append(bigEndian: UInt32(start))
    index.append(bigEndian: UInt32(start + Int(second)))
    checksum.append(to: &index)
    index += [UInt8](repeating: 0, count: 20)
    try? Self.readPack(pack, index)
  }

  private static func readPack(_ pack: [UInt8], _ index: [UInt8]) throws {
    let files = MemoryFileSystem()
    for (bytes, name) in [(pack, "p.pack"), (index, "p.idx")] as [([UInt8], FilePath)] {
      let file = try files.createExclusively(name, permissions: 0o444)
      try file.write(bytes)
      try file.close()
    }
    let reader = try PackReader("p.pack", algorithm: .sha1, files: files, deltaCacheBytes: 1 << 16)
    for position in 0..<reader.index.count {
      let object = try? reader.read(at: position)
      let header = try? reader.header(at: position)
      precondition(object == nil || header == object?.header, "header and object differ")
    }
    try reader.forEachObject { _, _ in }
  }

  /// What a record of a journal has, and the same bytes as a whole segment.
  func journal(_ bytes: [UInt8]) {
    for algorithm in HashAlgorithm.allCases {
      let objects = MemoryObjects(algorithm)
      _ = try? objects.write(.blob, Array("hello\n".utf8))
      var segment = JournalReader.head(algorithm)
      JournalRecord.append(body: bytes, to: &segment)
      for segment in [segment, bytes] {
        var reader = JournalReader(beside: objects)
        guard (try? reader.read(segment.span)) != nil else { continue }
        for id in reader.batch.ids {
          let again = try? reader.batch[id]?.id(algorithm)
          precondition(again == id, "an object has another name")
        }
      }
    }
  }
}
