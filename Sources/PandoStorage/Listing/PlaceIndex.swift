internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// An index of a database that tells where objects are: of one pack or of many.
struct PlaceIndex: Sendable {
  private enum Source: Sendable {
    case pack(PackReader, PackIndex)
    case many(CoveredPacks)
  }

  private let source: Source
  private let file: MappedFile
  private let table: ObjectIDTable
  /// Made once many searches are to be expected.
  private var prefixes: ObjectIDPrefixes?

  /// That of a pack.
  init(_ pack: PackReader) throws(PandoError) {
    let index = try pack.openIndex()
    source = .pack(pack, index)
    (file, table) = (index.file, index.ids)
  }

  /// That of many packs.
  init(_ packs: CoveredPacks) {
    source = .many(packs)
    (file, table) = (packs.index.file, packs.index.table)
  }

  /// How many names it has.
  var count: Int { table.count }

  /// Makes searches faster, for a look at all names.
  mutating func prepare() {
    if prefixes == nil { prefixes = file.withBytes { ObjectIDPrefixes(table, $0) } }
  }

  /// The pack, when it is the index of one.
  var pack: PackReader? {
    guard case .pack(let pack, _) = source else { return nil }
    return pack
  }

  /// The name at a position.
  func id(at position: Int) -> ObjectID {
    file.withBytes { table.id(at: position, in: $0) }
  }

  /// The position of an object; nil when it is not here.
  func position(of id: ObjectID) -> Int? {
    file.withBytes { bytes in
      prefixes.map { $0.position(of: id, in: table, bytes) } ?? table.position(of: id, in: bytes)
    }
  }

  /// Where the object at a position is.
  func location(at position: Int) throws(PandoError) -> PackedLocation {
    switch source {
    case .pack(let pack, _):
      PackedLocation(reader: pack, offset: try pack.offset(at: position))
    case .many(let packs): try packs.location(at: position)
    }
  }
}
