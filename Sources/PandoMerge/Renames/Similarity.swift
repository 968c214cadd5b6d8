internal import PandoBytes

/// How alike two files are: the part of the larger one that comes from the other, in pieces of
/// lines. Source: git's `diffcore-delta.c`, whose hash decides which pieces are the same.
public enum Similarity {
  /// The similarity of equal files.
  public static let all = 60_000
  /// The least that Git takes for a rename unless it is told otherwise.
  public static let renameMin = 30_000

  /// The longest piece; a line feed ends one sooner.
  private static let pieceMax = 64
  /// A prime below which hashes are.
  private static let hashLimit: UInt32 = 107_927

  /// What a file is made of: how many bytes pieces of each hash have, by hash.
  struct Pieces: Sendable {
    /// The hash above, the bytes below, ascending.
    fileprivate var counts: [UInt64]

    /// Takes a file apart. O(n log n), at most eight bytes for each piece.
    init(_ file: [UInt8]) {
      let isText = !TextMerge.isBinary(file)
      var found: [UInt64] = []
      var (low, high) = (UInt32(0), UInt32(0))
      var length = 0
      for index in file.indices {
        let byte = file[index]
        if isText, byte == UInt8(ascii: "\r"), index + 1 < file.count,
          file[index + 1] == UInt8(ascii: "\n")
        {
          continue
        }
        (low, high) = ((low << 7) ^ (high >> 25), (high << 7) ^ (low >> 25))
        low &+= UInt32(byte)
        length += 1
        if length < Similarity.pieceMax, byte != UInt8(ascii: "\n") { continue }
        found.append(Self.piece(low, high, length))
        (low, high, length) = (0, 0, 0)
      }
      // As Git 2.39, the last piece is left aside when it has no end.
      found.sort()
      counts = []
      for piece in found {
        if let last = counts.last, last >> 32 == piece >> 32 {
          counts[counts.count - 1] += piece & UInt64(UInt32.max)
        } else {
          counts.append(piece)
        }
      }
    }

    private static func piece(_ low: UInt32, _ high: UInt32, _ length: Int) -> UInt64 {
      UInt64((low &+ high &* 0x61) % Similarity.hashLimit) << 32 | UInt64(length)
    }

    /// The bytes that `new` has of this file.
    func bytesShared(with new: Pieces) -> Int {
      var shared = 0
      var (mine, other) = (counts[...], new.counts[...])
      while let a = mine.first, let b = other.first {
        let (first, second) = (a >> 32, b >> 32)
        if first == second {
          shared += Int(min(a & UInt64(UInt32.max), b & UInt64(UInt32.max)))
        }
        if first <= second { mine.removeFirst() }
        if second <= first { other.removeFirst() }
      }
      return shared
    }
  }

  /// Whether files of these sizes can be so much alike.
  static func isPossible(_ a: Int, _ b: Int, atLeast least: Int) -> Bool {
    let (small, large) = (min(a, b), max(a, b))
    return large * (all - least) >= (large - small) * all
  }

  /// The similarity of two files by their pieces and sizes.
  static func score(_ old: (Pieces, size: Int), _ new: (Pieces, size: Int)) -> Int {
    guard new.size > 0 else { return 0 }
    return old.0.bytesShared(with: new.0) * all / max(old.size, new.size)
  }
}
