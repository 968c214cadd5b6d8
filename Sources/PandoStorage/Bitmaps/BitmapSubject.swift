internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import Synchronization

/// What a bitmap file is about: the objects of a pack or of a multi-pack-index, each with the
/// number of its bit.
final class BitmapSubject: Sendable {
  enum Objects: Sendable {
    case pack(PackReader, PackIndex)
    case many(MultiPackIndex, [PackReader])
  }

  let objects: Objects
  let algorithm: HashAlgorithm
  /// The checksum that a bitmap file of it carries.
  let checksum: Digest
  /// The position in the index of each bit, and the bit of each position.
  let positions: [UInt32]
  let bits: [UInt32]

  init(_ pack: PackReader) throws(PandoError) {
    let index = try pack.openIndex()
    objects = .pack(pack, index)
    algorithm = index.hashAlgorithm
    checksum = index.packChecksum
    let order = try ReverseIndex(of: pack)
    positions = order.positions
    bits = order.places()
  }

  /// Nil when the order of the objects is not known.
  init?(
    _ index: MultiPackIndex, _ readers: [PackReader], in directory: FilePath, files: any FileSystem
  ) {
    guard let order = ReverseIndex(of: index, in: directory, files: files) else { return nil }
    objects = .many(index, readers)
    algorithm = index.hashAlgorithm
    checksum = index.checksum
    positions = order.positions
    bits = order.places()
  }

  var count: Int { positions.count }

  /// The position in the index of an object; nil when it is not here.
  func position(of id: ObjectID) -> Int? {
    switch objects {
    case .pack(_, let index): index.position(of: id)
    case .many(let index, _): index.position(of: id)
    }
  }

  /// The bit of an object; nil when it is not here.
  func bit(of id: ObjectID) -> Int? {
    position(of: id).map { Int(bits[$0]) }
  }

  /// The name of the object of a bit, which must be one.
  func id(ofBit bit: Int) -> ObjectID {
    let position = Int(positions[bit])
    return switch objects {
    case .pack(_, let index): index.id(at: position)
    case .many(let index, _): index.id(at: position)
    }
  }

  /// Where the object of a bit is.
  func location(ofBit bit: Int) throws(PandoError) -> PackedLocation {
    let position = Int(positions[bit])
    switch objects {
    case .pack(let pack, _):
      return PackedLocation(reader: pack, offset: try pack.offset(at: position))
    case .many(let index, let readers):
      do {
        let location = try index.location(at: position)
        return PackedLocation(reader: readers[location.pack], offset: location.offset)
      } catch {
        throw .corrupt(MultiPackIndex.fileName, error)
      }
    }
  }

  /// The pack that the first bits are about, in the order of its bytes, with the positions of its
  /// objects in its own index when those are known; nil when there is none.
  func leadingPack() throws(PandoError) -> (reader: PackReader, order: [UInt32]?)? {
    switch objects {
    case .pack(let pack, _): return (pack, positions)
    case .many:
      guard count > 0 else { return nil }
      let first = try location(ofBit: 0).reader
      let index = try first.openIndex()
      // All of the preferred pack comes first; were it not so, bits would be other objects.
      guard 1...count ~= index.count, try location(ofBit: index.count - 1).reader === first else {
        return nil
      }
      return (first, nil)
    }
  }

  /// The kinds of all objects by their bits, from the headers in the packs.
  func kinds() throws(PandoError) -> [ObjectKind] {
    var kinds = [ObjectKind](repeating: .blob, count: count)
    switch objects {
    case .pack(let pack, _):
      for (position, header) in try pack.headers().enumerated() {
        kinds[Int(bits[position])] = header.kind
      }
    case .many(let index, let readers):
      var headers = [[ObjectHeader]](repeating: [], count: readers.count)
      for (number, reader) in readers.enumerated() { headers[number] = try reader.headers() }
      for position in 0..<count {
        do throws(ParseError) {
          let pack = try index.location(at: position).pack
          guard let place = readers[pack].index.position(of: index.id(at: position)),
            place < headers[pack].count
          else { continue }
          kinds[Int(bits[position])] = headers[pack][place].kind
        } catch {
          throw .corrupt(MultiPackIndex.fileName, error)
        }
      }
    }
    return kinds
  }
}

/// Remembers the bits of objects met lately: trees of one history repeat each other, and a look
/// here costs a tenth of a search in the index.
struct BitMemory {
  private static let slots = 1 << 14
  private var ids: [ObjectID]
  private var bits: [Int]
  private let subject: BitmapSubject

  init(_ subject: BitmapSubject) {
    self.subject = subject
    ids = [ObjectID](repeating: .null(subject.algorithm), count: Self.slots)
    bits = [Int](repeating: -1, count: Self.slots)
  }

  /// The bit of an object; nil when it is not in the subject.
  mutating func bit(of id: ObjectID) -> Int? {
    let slot = Int(truncatingIfNeeded: id.digest.leadingWord) & (Self.slots - 1)
    if bits[slot] >= 0, ids[slot] == id { return bits[slot] }
    guard let bit = subject.bit(of: id) else { return nil }
    ids[slot] = id
    bits[slot] = bit
    return bit
  }
}
