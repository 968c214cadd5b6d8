internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

extension Repository {
  /// Opens the objects of a repository on a disk as its settings say.
  static func openObjects(
    _ layout: RepositoryLayout, _ algorithm: HashAlgorithm, configuration: Configuration,
    in fileSystem: any FileSystem, options: Options
  ) throws(PandoError) -> ObjectDatabase {
    var database = ObjectDatabase.Options()
    database.durability = options.durability
    if let level = try compression("core.looseCompression", configuration) {
      database.looseLevel = level
    }
    if let level = try compression("pack.compression", configuration) {
      database.packLevel = level
    }
    database.usesMultiPackIndex = try configuration.bool("core.multiPackIndex") ?? true
    database.usesCommitGraph = try configuration.bool("core.commitGraph") ?? true
    database.graftFiles = [
      ("GIT_SHALLOW_FILE", "shallow"), ("GIT_GRAFT_FILE", "info/grafts"),
    ].map { variable, name in
      options.environment[variable].map {
        FilePath($0).resolved(against: options.environment.currentDirectory)
      } ?? layout.commonDirectory / name
    }
    if let names = options.environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
      database.alternates = names.split(separator: ":").map {
        FilePath(String($0)).resolved(against: options.environment.currentDirectory)
      }
    }
    return try ObjectDatabase(
      layout.objectsDirectory, algorithm: algorithm, files: fileSystem, options: database,
      random: options.random)
  }

  /// A setting from -1 (zlib's default) to 9, or what `core.compression` says; nil when neither is
  /// set.
  private static func compression(
    _ name: String, _ configuration: Configuration
  ) throws(PandoError) -> Int? {
    let own = try configuration.integer(name)
    let level = if let own { own } else { try configuration.integer("core.compression") }
    guard let level else { return nil }
    guard level >= -1, level <= 9 else {
      throw PandoError(.invalidInput, "bad zlib compression level \(level)")
    }
    return level
  }
}
