internal import PandoFiles
internal import PandoObjects
internal import PandoStorage

extension CommandContext {
  /// What keeps objects alive in the repository, with the index that the environment names.
  func maintenanceRoots() throws -> MaintenanceRoots {
    var roots = try MaintenanceRoots(try repository())
    if let path = environment["GIT_INDEX_FILE"] {
      roots.indexFiles.append(FilePath(path).resolved(against: currentDirectory))
    }
    return roots
  }
}

/// What settings say of maintenance.
enum MaintenanceSettings {
  /// Throws git's complaint when the repository's objects may never be removed.
  static func checkMayRemove(_ repository: Repository, _ verb: String) throws {
    if try repository.configuration.bool("extensions.preciousObjects") == true {
      throw CommandFailure.fatal(
        verb == "prune"
          ? "cannot prune in a precious-objects repo"
          : "cannot delete packs in a precious-objects repo")
    }
  }
}

/// Tells of files that are removed, in git's words.
struct RemovalReport {
  private let context: CommandContext
  private let isShown: Bool

  init(_ context: CommandContext, isShown: Bool) {
    self.context = context
    self.isShown = isShown
  }

  func attach(to pruning: inout Pruning) {
    let (context, isShown) = (context, isShown)
    let showsPacked = pruning.isDryRun
    pruning.onRemoval = { (removal) throws(PandoError) in
      guard isShown else { return }
      if case .packedObject = removal.subject, !showsPacked { return }
      let path = RelativePath.shown(removal.path, from: context.currentDirectory)
      let line =
        switch removal.subject {
        case .object(let id, let kind): "\(id) \(kind?.name ?? "unknown")"
        case .packedObject: "rm -f \(path)"
        case .temporaryFile: "Removing stale temporary file \(path)"
        case .temporaryDirectory: "Removing stale temporary directory \(path)"
        }
      do { try context.output.write(line + "\n") } catch {
        throw PandoError(.unreadable, "cannot write to standard output", cause: error)
      }
    }
    pruning.onStranger = { (path) throws(PandoError) in
      let path = RelativePath.shown(path, from: context.currentDirectory)
      try? context.errors.write("bad sha1 file: \(path)\n")
    }
  }
}
