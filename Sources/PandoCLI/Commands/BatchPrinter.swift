internal import PandoBytes
internal import PandoFiles
internal import PandoObjects
internal import PandoStorage
internal import PandoStore

/// Prints objects for `cat-file --batch` and its kin.
final class BatchPrinter {
  private let batch: CatFileBatch
  private let context: CommandContext
  private let database: ObjectDatabase
  private let parser: RevisionParser
  private var line: [UInt8] = []
  /// The packs' entries by place, made when sizes on disk or bases are first asked for.
  private var orders: [ObjectIdentifier: PackOrder] = [:]

  init(_ batch: CatFileBatch, _ context: CommandContext) throws {
    self.batch = batch
    self.context = context
    database = try context.objectDatabase()
    parser = try context.revisionParser()
  }

  // MARK: All objects

  func printAllSorted(withBodies: Bool) throws {
    if withBodies {
      try database.forEachObject(.byID) { id, object in try printObject(id, object) }
    } else if batch.format.needsHeader {
      try database.forEachHeader { id, header in try printHeader(id, header) }
    } else {
      for id in try database.ids() { try printHeader(id, nil) }
    }
  }

  func printAllUnordered(withBodies: Bool) throws {
    guard withBodies else { return try printAllSorted(withBodies: false) }
    try database.forEachObject(.asStored) { id, object in try printObject(id, object) }
  }

  // MARK: Named objects

  func printNamed(_ name: ByteString, rest: ArraySlice<UInt8>, withBody: Bool) throws {
    guard let id = try find(name) else { return }
    if withBody {
      guard let object = try database.read(id) else { return try printNothing(name, "missing") }
      try printObject(id, object, rest: rest)
    } else {
      // Even a line without kind or size tells whether the object is there.
      guard let header = try database.header(of: id) else {
        return try printNothing(name, "missing")
      }
      try printHeader(id, header, rest: rest)
    }
  }

  func printNamed(_ names: [(name: ByteString, withBody: Bool)]) throws {
    for (name, withBody) in names { try printNamed(name, rest: [], withBody: withBody) }
  }

  /// The object of that name; nil once it is said that there is none, or more than one.
  private func find(_ name: ByteString) throws -> ObjectID? {
    if let id = ObjectID(hexBytes: name.bytes.span), id.algorithm == database.hashAlgorithm {
      return id
    }
    if batch.followsSymlinks, case .path(let chain, let path)? = Self.form(of: name) {
      return try follow(path, from: ByteString(chain.text), name)
    }
    if let id = try parser.find(name)?.id { return id }
    let prefix = ObjectIDPrefix(name.text, algorithm: database.hashAlgorithm)
    let isAmbiguous = try prefix.map { try database.ids(matching: $0).count > 1 } ?? false
    try printNothing(name, isAmbiguous ? "ambiguous" : "missing")
    return nil
  }

  private static func form(of name: ByteString) -> RevisionExpression.Form? {
    try? RevisionExpression(parsing: name.bytes.span).form
  }

  /// The object at a path below a revision, symbolic links followed; nil once it is said where else
  /// the path leads.
  private func follow(
    _ path: [UInt8], from revision: ByteString, _ name: ByteString
  ) throws -> ObjectID? {
    guard let outer = try parser.find(revision, hint: .treeish)?.id,
      try database.contains(outer), let tree = try database.peelToTree(outer)
    else {
      try printNothing(name, "missing")
      return nil
    }
    switch try FollowedPath.end(of: path, in: tree, database) {
    case .object(let id): return id
    case .missing: try printNothing(name, "missing")
    case .outside(let target): try printDetour("symlink", target)
    case .dangling: try printDetour("dangling", name.bytes)
    case .loop: try printDetour("loop", name.bytes)
    case .notDirectory: try printDetour("notdir", name.bytes)
    }
    return nil
  }

  /// Prints a word, the length of a text, and the text on a line of its own.
  private func printDetour(_ word: String, _ text: [UInt8]) throws {
    line.removeAll(keepingCapacity: true)
    line.append(text: "\(word) \(text.count)\n")
    line.append(contentsOf: text)
    line.append(UInt8(ascii: "\n"))
    try context.output.write(line)
  }

  private func printNothing(_ name: ByteString, _ why: String) throws {
    line.removeAll(keepingCapacity: true)
    line.append(contentsOf: name.bytes)
    line.append(text: " \(why)\n")
    try context.output.write(line)
  }

  // MARK: Lines

  private func printHeader(
    _ id: ObjectID, _ header: ObjectHeader?, rest: ArraySlice<UInt8> = []
  ) throws {
    line.removeAll(keepingCapacity: true)
    try appendLine(id, header, rest)
    try context.output.write(line)
  }

  private func printObject(
    _ id: ObjectID, _ object: RawObject, rest: ArraySlice<UInt8> = []
  ) throws {
    line.removeAll(keepingCapacity: true)
    try appendLine(id, object.header, rest)
    if object.body.count < Self.joinedBytesMax {
      // One call of the stream for a small object.
      line.append(contentsOf: object.body)
      line.append(UInt8(ascii: "\n"))
      try context.output.write(line)
    } else {
      try context.output.write(line)
      try context.output.write(object.body)
      try context.output.write(Self.lineEnd)
    }
  }

  private static let joinedBytesMax = 512
  private static let lineEnd = [UInt8(ascii: "\n")]

  private func appendLine(
    _ id: ObjectID, _ header: ObjectHeader?, _ rest: ArraySlice<UInt8>
  ) throws {
    var facts = BatchFormat.Facts(id: id, header: header, rest: rest)
    if batch.format.needsDiskSize || batch.format.needsDeltaBase {
      let placement = try placement(of: id)
      facts.diskSize = placement?.size ?? 0
      facts.deltaBase = placement?.base
    }
    batch.format.append(facts, to: &line)
  }

  private func placement(of id: ObjectID) throws -> PackOrder.Placement? {
    if let (pack, offset) = try database.packedLocation(of: id) {
      let key = ObjectIdentifier(pack)
      let order: PackOrder
      if let known = orders[key] {
        order = known
      } else {
        order = try PackOrder(pack, readsAhead: batch.selection != .named)
        orders[key] = order
      }
      return try order.placement(atOffset: offset)
    }
    guard let size = try database.looseSize(of: id) else { return nil }
    return PackOrder.Placement(size: size, base: nil)
  }
}
