internal import PandoBytes
internal import PandoObjects

/// Writes the index of a pack from its table, in the bytes that `git index-pack` writes. Source:
/// gitformat-pack.
struct PackIndexFile {
  let table: PackTable
  let order: PackNameOrder
  let packChecksum: Digest
  /// Offsets from here on go to the table of long offsets, in version 2.
  let longOffsetMin: Int

  /// Writes it, in version 1 or 2.
  func write(
    version: Int, _ write: @escaping ([UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    var file = SummedFile(table.algorithm, write)
    if version == 2 {
      try file.append { bytes in
        bytes.append(bigEndian: PackIndex.magic)
        bytes.append(bigEndian: UInt32(2))
      }
    }
    try file.append { bytes in
      var count = 0
      for first in 0..<256 {
        while count < order.numbers.count,
          table.leadingBits(Int(order.numbers[count])) >> 8 == first
        {
          count += 1
        }
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: count))
      }
    }
    for number in order.numbers {
      try file.append { bytes in
        if version == 1 {
          bytes.append(bigEndian: UInt32(truncatingIfNeeded: table.offset(Int(number))))
        }
        table.id(Int(number)).digest.append(to: &bytes)
      }
    }
    if version == 2 { try offsets(&file) }
    try file.append { packChecksum.append(to: &$0) }
    try file.finish()
  }

  private func offsets(_ file: inout SummedFile) throws(PandoError) {
    for number in order.numbers {
      try file.append { $0.append(bigEndian: table.checksum(Int(number))) }
    }
    var long: [UInt32] = []
    for number in order.numbers {
      let offset = table.offset(Int(number))
      if offset < longOffsetMin {
        try file.append { $0.append(bigEndian: UInt32(truncatingIfNeeded: offset)) }
      } else {
        let place = UInt32(truncatingIfNeeded: long.count) | 0x8000_0000
        try file.append { $0.append(bigEndian: place) }
        long.append(number)
      }
    }
    for number in long {
      try file.append { $0.append(bigEndian: UInt64(table.offset(Int(number)))) }
    }
  }
}

/// Writes reverse indexes: for each entry of a pack, in the order of the pack, its position in the
/// index. Source: gitformat-pack, "pack-*.rev files".
enum ReverseIndexWriter {
  /// The first four bytes: RIDX.
  static let magic: UInt32 = 0x5249_4458

  /// Writes the reverse index of a pack whose entries have these positions in its index.
  static func write(
    _ positions: [UInt32], packChecksum: Digest,
    _ write: @escaping ([UInt8]) throws(PandoError) -> Void
  ) throws(PandoError) {
    var file = SummedFile(packChecksum.algorithm, write)
    try file.append { bytes in
      bytes.append(bigEndian: magic)
      bytes.append(bigEndian: UInt32(1))
      bytes.append(bigEndian: UInt32(packChecksum.algorithm.rawValue))
    }
    for position in positions { try file.append { $0.append(bigEndian: position) } }
    try file.append { packChecksum.append(to: &$0) }
    try file.finish()
  }
}

extension PackNameOrder {
  /// For each entry in the order of the pack its position among the names.
  var positions: [UInt32] {
    var positions = [UInt32](repeating: 0, count: numbers.count)
    for (position, number) in numbers.enumerated() {
      positions[Int(number)] = UInt32(truncatingIfNeeded: position)
    }
    return positions
  }
}
