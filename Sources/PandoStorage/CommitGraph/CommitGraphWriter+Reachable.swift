internal import PandoBytes
internal import PandoFiles
public import PandoObjects

extension CommitGraphWriter.Options {
  /// What a repository's settings say: `commitGraph.generationVersion`,
  /// `commitGraph.readChangedPaths` and `commitGraph.maxNewFilters`.
  public init(_ configuration: Configuration) throws(PandoError) {
    self.init()
    writesCorrectedDates = try configuration.integer("commitGraph.generationVersion") ?? 2 == 2
    readsChangedPaths = try configuration.bool("commitGraph.readChangedPaths") ?? true
    if let limit = try configuration.integer("commitGraph.maxNewFilters"), limit >= 0 {
      newFiltersMax = limit
    }
  }
}

extension CommitGraphWriter {
  /// Writes the graph of all commits that a repository's references lead to, as `gc` does; nil when
  /// there was nothing to write, or the repository is in memory.
  @discardableResult
  public static func writeReachable(
    _ repository: Repository, options: Options? = nil
  ) throws(PandoError) -> Written? {
    guard let objects = repository.objects as? ObjectDatabase else { return nil }
    let options = if let options { options } else { try Options(repository.configuration) }
    return try CommitGraphWriter(objects, options: options).writeReachable(repository.references)
  }

  /// Writes the graph of all commits that references lead to.
  @discardableResult
  public func writeReachable(
    _ references: any ReferenceStore
  ) throws(PandoError) -> Written? {
    let tips = try track("Collecting referenced commits", nil) { (progress) throws(PandoError) in
      var seen: Set<ObjectID> = []
      var tips: [ObjectID] = []
      for reference in try references.references(withPrefix: "refs/") {
        var id = reference.target.id
        if case .symbolic(let name) = reference.target { id = try references.id(of: name) }
        // A reference to nothing is a matter for fsck.
        guard let target = reference.peeled ?? id, try objects.contains(target),
          let commit = try objects.peelToCommit(target), seen.insert(commit).inserted
        else { continue }
        tips.append(commit)
        progress(tips.count)
      }
      return tips
    }
    return try write(.commits(tips))
  }
}
