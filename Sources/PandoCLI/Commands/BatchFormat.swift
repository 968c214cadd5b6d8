internal import PandoBytes
internal import PandoObjects

/// The line that `cat-file --batch` prints for an object.
struct BatchFormat: Sendable {
  enum Atom: Sendable { case name, type, size, diskSize, deltaBase, rest }

  /// The line unless another is asked for.
  static let standard = Array("%(objectname) %(objecttype) %(objectsize)".utf8)

  private let pieces: [PercentFormat<Atom>.Piece]
  /// Whether kind or size is shown.
  let needsHeader: Bool
  /// Whether the bytes on disk are shown.
  let needsDiskSize: Bool
  /// Whether the base of the stored delta is shown.
  let needsDeltaBase: Bool
  /// Whether what follows the name on the input line is shown.
  let needsRest: Bool

  /// Reads a layout; throws git's complaint.
  init(_ text: [UInt8]) throws {
    let format: PercentFormat<Atom>
    do {
      format = try PercentFormat(text, isStrict: false, atom: Self.atom)
    } catch {
      switch error {
      case .unknown(let name): throw CommandFailure.fatal("unknown format element: \(name)")
      case .unclosed(let text), .unopened(let text):
        throw CommandFailure.fatal("format element '\(text)' does not end in ')'")
      }
    }
    pieces = format.pieces
    let atoms = format.pieces.compactMap { piece in
      if case .atom(let atom) = piece { atom } else { nil }
    }
    needsHeader = atoms.contains { $0 == .type || $0 == .size }
    needsDiskSize = atoms.contains(.diskSize)
    needsDeltaBase = atoms.contains(.deltaBase)
    needsRest = atoms.contains(.rest)
  }

  private static func atom(_ name: String) -> Atom? {
    switch name {
    case "objectname": .name
    case "objecttype": .type
    case "objectsize": .size
    case "objectsize:disk": .diskSize
    case "deltabase": .deltaBase
    case "rest": .rest
    default: nil
    }
  }

  /// What a line may show of an object.
  struct Facts {
    let id: ObjectID
    var header: ObjectHeader?
    var diskSize = 0
    var deltaBase: ObjectID?
    var rest: ArraySlice<UInt8> = []
  }

  /// Appends the line and its end.
  func append(_ facts: Facts, to line: inout [UInt8]) {
    for piece in pieces {
      switch piece {
      case .literal(let bytes): line.append(contentsOf: bytes)
      case .atom(.name): facts.id.digest.appendHex(to: &line)
      case .atom(.type): line.append(text: facts.header?.kind.name ?? "")
      case .atom(.size): line.append(decimal: facts.header?.size ?? 0)
      case .atom(.diskSize): line.append(decimal: facts.diskSize)
      case .atom(.deltaBase):
        (facts.deltaBase ?? .null(facts.id.algorithm)).digest.appendHex(to: &line)
      case .atom(.rest): line.append(contentsOf: facts.rest)
      }
    }
    line.append(UInt8(ascii: "\n"))
  }
}
