internal import PandoBytes
internal import PandoObjects

/// Lays out a commit-graph file, byte for byte as Git does. Source: gitformat-commit-graph.
struct CommitGraphEncoder {
  let commits: GraphCommits
  let generations: GraphGenerations
  /// Whether corrected dates are written beside levels.
  let writesDates: Bool
  let filters: GraphFilters?
  /// The checksums of the files below, lowest first.
  let bases: [Digest]
  let algorithm: HashAlgorithm

  /// The file, ready to be written.
  func file() -> ChunkFileWriter {
    var chunks = [
      (ChunkFile.ID.fanout, fanout()), (.names, names()), (.rows, rows()),
    ]
    if writesDates {
      let (offsets, long) = dateOffsets()
      chunks.append((.dateOffsets, offsets))
      if !long.isEmpty { chunks.append((.longOffsets, long)) }
    }
    let edges = edges()
    if !edges.isEmpty { chunks.append((.edges, edges)) }
    if let filters {
      let (ends, bytes) = filters.chunks()
      chunks.append((.filterEnds, ends))
      chunks.append((.filters, bytes))
    }
    if !bases.isEmpty {
      var bytes: [UInt8] = []
      for base in bases { base.append(to: &bytes) }
      chunks.append((.bases, bytes))
    }
    var header: [UInt8] = []
    header.append(bigEndian: CommitGraphFile.signature.number)
    header += [1, algorithm.rawValue, UInt8(chunks.count), UInt8(truncatingIfNeeded: bases.count)]
    var writer = ChunkFileWriter(header: header, algorithm: algorithm)
    for (id, bytes) in chunks { writer.add(id, bytes) }
    return writer
  }

  private func fanout() -> [UInt8] {
    var bytes: [UInt8] = []
    var count = 0
    for first in 0..<256 {
      while count < commits.order.count,
        commits.id(Int(commits.order[count])).digest.leadingWord >> 56 == UInt64(first)
      {
        count += 1
      }
      bytes.append(bigEndian: UInt32(count))
    }
    return bytes
  }

  private func names() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(commits.order.count * algorithm.byteCount)
    for number in commits.order { commits.id(Int(number)).digest.append(to: &bytes) }
    return bytes
  }

  private func rows() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(commits.order.count * (algorithm.byteCount + 16))
    var edgeCount: UInt32 = 0
    for number in commits.order.lazy.map(Int.init) {
      commits.tree(number).digest.append(to: &bytes)
      let parents = commits.parents(number)
      for place in 0..<2 {
        guard parents.count > place else {
          bytes.append(bigEndian: CommitGraphFile.noParent)
          continue
        }
        guard place == 1, parents.count > 2 else {
          bytes.append(bigEndian: commits.position(Int(parents[parents.startIndex + place])))
          continue
        }
        bytes.append(bigEndian: CommitGraphFile.flag | edgeCount)
        edgeCount += UInt32(parents.count - 1)
      }
      let seconds = UInt64(bitPattern: commits.seconds[number])
      let high = UInt32(truncatingIfNeeded: seconds >> 32) & 3
      bytes.append(bigEndian: generations.levels[number] << 2 | high)
      bytes.append(bigEndian: UInt32(truncatingIfNeeded: seconds))
    }
    return bytes
  }

  private func dateOffsets() -> (offsets: [UInt8], long: [UInt8]) {
    var offsets: [UInt8] = []
    offsets.reserveCapacity(commits.order.count * 4)
    var long: [UInt8] = []
    for number in commits.order.lazy.map(Int.init) {
      let offset = generations.offset(number, commits)
      if offset > GraphGenerations.offsetMax {
        offsets.append(bigEndian: CommitGraphFile.flag | UInt32(long.count / 8))
        long.append(bigEndian: offset)
      } else {
        offsets.append(bigEndian: UInt32(offset))
      }
    }
    return (offsets, long)
  }

  private func edges() -> [UInt8] {
    var bytes: [UInt8] = []
    for number in commits.order.lazy.map(Int.init) {
      let parents = commits.parents(number)
      guard parents.count > 2 else { continue }
      for parent in parents.dropFirst().dropLast() {
        bytes.append(bigEndian: commits.position(Int(parent)))
      }
      if let last = parents.last {
        bytes.append(bigEndian: commits.position(Int(last)) | CommitGraphFile.flag)
      }
    }
    return bytes
  }
}
