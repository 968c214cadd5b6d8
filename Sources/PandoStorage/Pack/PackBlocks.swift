internal import PandoFiles
internal import Synchronization

/// Pieces of packs in memory, shared by all threads: a search through deltas jumps about in the
/// pack, and each jump would else be a system call.
///
/// A block has one slot where it can be, from which it drives out the one before: no list, no
/// order. Blocks overlap, so that the header of an entry lies whole in the block of its first byte.
final class PackBlocks: Sendable {
  /// The distance from one block to the next, in bytes.
  static let stride = 4 << 10
  /// How far a block reaches into the next one, in bytes.
  static let overlap = 256
  /// The bytes of blocks that are kept. Eight times as many save a third of the time that a read of
  /// everything by name takes of a pack of 14 MiB, and cost more memory than Git takes for it.
  static let bytesMax = 2 << 20

  /// One piece of one pack.
  struct Block: Sendable {
    var pack: UInt32 = 0
    var start = 0
    var bytes: [UInt8] = []
  }

  private let slots = Mutex<[Block]>([])

  /// The block that holds the byte at `offset`, read when it is not here. Whatever the entries of
  /// the pack have from `offset` on, up to `overlap` bytes, is in it.
  func block(_ pack: PackFile, at offset: Int) throws(FileError) -> Block {
    let number = offset / Self.stride
    let start = number * Self.stride
    let count = Self.bytesMax / Self.stride
    let slot = (number &+ Int(pack.number) &* 389) % count
    let found = slots.withLock { slots -> Block? in
      if slots.isEmpty { slots = [Block](repeating: Block(), count: count) }
      let block = slots[slot]
      return block.pack == pack.number && block.start == start ? block : nil
    }
    if let found { return found }
    let wanted = min(Self.stride + Self.overlap, pack.end - start)
    let bytes = try pack.file.read(at: start, count: wanted)
    let block = Block(pack: pack.number, start: start, bytes: bytes)
    slots.withLock { $0[slot] = block }
    return block
  }
}
