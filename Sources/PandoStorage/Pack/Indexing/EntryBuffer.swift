internal import PandoBytes
internal import PandoObjects

/// An object with its header in front, as it is hashed: the header is written first, so that one
/// call hashes both and nothing is copied.
struct HeadedObject: Sendable {
  /// Header and body.
  var bytes: [UInt8] = []
  /// Where the body begins.
  var start = 0

  /// The body's size.
  var size: Int { bytes.count - start }

  /// Begins an object: what was here goes, the memory stays.
  mutating func begin(_ kind: ObjectKind, size: Int) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(objectKind: kind, size: size)
    start = bytes.count
  }
}

extension [UInt8] {
  /// Appends the header of an object: kind, space, decimal size, NUL.
  mutating func append(objectKind kind: ObjectKind, size: Int) {
    switch kind {
    case .commit: append(text: "commit ")
    case .tree: append(text: "tree ")
    case .blob: append(text: "blob ")
    case .tag: append(text: "tag ")
    }
    append(decimal: size)
    append(0)
  }
}
