internal import PandoBytes

/// Deflated deltas that one thread has made and that wait to be written, in large pieces of memory.
struct DeltaStore: Sendable {
  /// Where a delta is.
  struct Ticket: Sendable {
    /// The number of the store; none when there is no delta here.
    var store: Int16 = -1
    var piece: UInt32 = 0
    var start: UInt32 = 0
    /// The bytes it takes deflated; 0 when there was no room for it.
    var count: UInt32 = 0
    /// Its bytes.
    var size: UInt32 = 0
  }

  static let pieceBytes = 1 << 20

  /// The number of this store.
  let number: Int16
  private let budget: Int
  private var pieces: [[UInt8]] = []
  private(set) var bytes = 0

  init(number: Int16, budget: Int) {
    self.number = number
    self.budget = budget
  }

  /// Keeps the deflated bytes of a delta of `size` bytes, unless there is no room for them.
  mutating func keep(_ deflated: [UInt8], size: Int) -> Ticket {
    var ticket = Ticket(store: number)
    ticket.size = UInt32(clamping: size)
    guard bytes + deflated.count <= budget, deflated.count <= UInt32.max else { return ticket }
    let isRoom = pieces.last.map { $0.count + deflated.count <= Self.pieceBytes } ?? false
    if !isRoom {
      var piece: [UInt8] = []
      piece.reserveCapacity(max(min(Self.pieceBytes, budget), deflated.count))
      pieces.append(piece)
    }
    ticket.piece = UInt32(pieces.count - 1)
    ticket.start = UInt32(pieces[pieces.count - 1].count)
    ticket.count = UInt32(deflated.count)
    pieces[pieces.count - 1] += deflated
    bytes += deflated.count
    return ticket
  }

  /// Appends the deflated bytes of a delta that was kept.
  func append(_ ticket: Ticket, to output: inout [UInt8]) {
    let start = Int(ticket.start)
    output += pieces[Int(ticket.piece)][start..<start + Int(ticket.count)]
  }
}
