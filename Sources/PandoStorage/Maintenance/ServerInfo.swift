internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The lists of references and packs for servers that hand out files and know nothing of Git:
/// `info/refs` and `objects/info/packs`. Source: git-update-server-info.
struct ServerInfo {
  private static let bytesMax = 1 << 30

  private let repository: Repository
  private let database: ObjectDatabase

  init(_ repository: Repository, _ database: ObjectDatabase) {
    self.repository = repository
    self.database = database
  }

  /// Writes both, where they have changed.
  func update() throws(PandoError) {
    guard let layout = repository.layout else { return }
    var references: [UInt8] = []
    for reference in try repository.references.references(withPrefix: "refs/") {
      guard let id = try repository.references.id(of: reference.name) else { continue }
      references.append(text: "\(id)\t\(reference.name)\n")
      if let header = try database.header(of: id), header.kind == .tag,
        let peeled = try? database.peel(id).id
      {
        references.append(text: "\(peeled)\t\(reference.name)^{}\n")
      }
    }
    try replace(layout.commonDirectory / "info/refs", with: references)
    // Those that were listed before come first, as they were.
    var places: [FilePath: Int] = [:]
    for line in try read(database.directory / "info/packs").split(separator: 10) {
      guard line.starts(with: "P ".utf8) else { continue }
      let path = (database.directory / "pack").appending(bytes: Array(line.dropFirst(2)))
      places[path] = places.count
    }
    let packs = try LocalPacks(database: database).all().sorted {
      (places[$0.path] ?? .max, $0.path) < (places[$1.path] ?? .max, $1.path)
    }
    var list: [UInt8] = []
    for pack in packs { list.append(text: "P \(pack.path.lastComponent)\n") }
    list.append(10)
    try replace(database.directory / "info/packs", with: list)
  }

  private func read(_ path: FilePath) throws(PandoError) -> [UInt8] {
    do { return try database.files.contents(of: path, limit: Self.bytesMax) ?? [] } catch {
      throw .refused("file \(path)", error)
    }
  }

  private func replace(_ path: FilePath, with bytes: [UInt8]) throws(PandoError) {
    let files = database.files
    do throws(FileError) {
      let old = try files.contents(of: path, limit: Self.bytesMax)
      if old == bytes { return }
      try files.createDirectories(path.parent, durability: database.options.durability)
      // A list that somebody else is writing will do as well.
      let file = try TemporaryFile.create(
        in: path.parent, prefix: "\(path.lastComponent)_", permissions: 0o644, fileSystem: files,
        random: database.random)
      try file.write(bytes)
      try file.replace(path, durability: .none)
    } catch {
      throw .refused("file \(path)", error)
    }
  }
}
