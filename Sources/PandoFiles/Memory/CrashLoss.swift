/// What power loss takes of the changes that no sync has reached.
///
/// Changes to a file's bytes are safe once the file is synced; names once their directory is.
/// What is not safe yet may survive all the same, in any part and order.
public enum CrashLoss: Hashable, Sendable {
  /// Nothing: the process died, the machine did not.
  case nothing
  /// All that is not safe.
  case everythingUnsynced
  /// Bytes; names survive. The usual sight on a disk whose journal is of names only: files of
  /// length zero under their final names.
  case unsyncedBytes
  /// Names; bytes survive.
  case unsyncedNames
  /// By chance, change by change; of a write a first part may survive, or its length with zeros
  /// for bytes. The same seed loses the same.
  case some(seed: UInt64)

  /// The records that survive, some of them in part.
  func survivors(of records: some BidirectionalCollection<DiskRecord>) -> [DiskRecord] {
    var chance = SplitMix(state: 0)
    if case .some(let seed) = self { chance = SplitMix(state: seed) }
    var syncedFiles = Set<Int>()
    var syncedDirectories = Set<Int>()
    var kept: [DiskRecord] = []
    for record in records.reversed() {
      switch record.operation {
      case .synchronizeFile(let node): syncedFiles.insert(node)
      case .synchronizeDirectory(let node): syncedDirectories.insert(node)
      default: break
      }
      let isSafe: Bool
      var isName = false
      switch record.operation.bond {
      case .none: isSafe = true
      case .file(let node): isSafe = syncedFiles.contains(node)
      case .directories(let nodes):
        isSafe = nodes.contains(where: syncedDirectories.contains)
        isName = true
      }
      if isSafe {
        kept.append(record)
      } else if let rest = rest(of: record, isName: isName, &chance) {
        kept.append(rest)
      }
    }
    return kept.reversed()
  }

  private func rest(
    of record: DiskRecord, isName: Bool, _ chance: inout SplitMix
  ) -> DiskRecord? {
    switch self {
    case .nothing: record
    case .everythingUnsynced: nil
    case .unsyncedBytes: isName ? record : nil
    case .unsyncedNames: isName ? nil : record
    case .some: Self.part(of: record, &chance)
    }
  }

  private static func part(of record: DiskRecord, _ chance: inout SplitMix) -> DiskRecord? {
    let draw = chance.next()
    guard case .write(let node, let offset, let bytes) = record.operation else {
      return draw & 1 == 0 ? record : nil
    }
    var torn = record
    switch draw & 3 {
    case 0:
      return record
    case 1:
      return nil
    case 2:
      let count = Int(chance.next() % UInt64(bytes.count + 1))
      torn.operation = .write(node: node, offset: offset, bytes: Array(bytes[..<count]))
    default:
      let zeros = [UInt8](repeating: 0, count: bytes.count)
      torn.operation = .write(node: node, offset: offset, bytes: zeros)
    }
    return torn
  }
}

/// Steele, Lea and Flood's generator of 2014: seeded, the same numbers on every machine.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
