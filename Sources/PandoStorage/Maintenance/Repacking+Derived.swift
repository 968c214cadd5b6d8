internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// Files that only tell faster what packs have.
extension Repacking {
  /// Writes bitmaps and the multi-pack-index, before the packs that they do not cover any more go.
  func writeDerived(
    _ outcome: Outcome, _ reachable: ReachableObjects, _ redundant: [LocalPack]
  ) throws(PandoError) {
    if options.writesMultiPackIndex {
      try writeMultiPackIndex(outcome, redundant)
    } else if options.writesBitmaps, options.mode.isAll, outcome.packs.count == 1,
      let path = outcome.packs.first,
      let pack = try database.packs().first(where: { $0.path == path })
    {
      do throws(PandoError) {
        try BitmapWriter.write(for: pack, in: database, bitmapRequest())
      } catch  where error.code == .notFound {
        // The pack lacks what kept or borrowed packs have.
        warn("disabling bitmap writing, as some objects are not being packed")
      }
    }
  }

  private func bitmapRequest() throws(PandoError) -> BitmapRequest {
    var tips: [ObjectID] = []
    var preferred: Set<ObjectID> = []
    let prefixes = repository.configuration.all("pack.preferBitmapTips").compactMap {
      $0.value?.text
    }
    for reference in try repository.references.references(withPrefix: "refs/") {
      guard let id = try repository.references.id(of: reference.name),
        let commit = try database.peelToCommit(id)
      else { continue }
      tips.append(commit)
      let name = reference.name.text
      if prefixes.contains(where: { name.hasPrefix($0) }) { preferred.insert(commit) }
    }
    var request = BitmapRequest(tips: tips)
    request.preferred = preferred
    request.writesNameHashes =
      try repository.configuration.bool("pack.writeBitmapHashCache") ?? true
    request.writesLookupTable =
      try repository.configuration.bool("pack.writeBitmapLookupTable") ?? false
    return request
  }

  private func writeMultiPackIndex(
    _ outcome: Outcome, _ redundant: [LocalPack]
  ) throws(PandoError) {
    let going = options.mode.isAll || options.removesRedundant ? Set(redundant.map(\.path)) : []
    let staying = try local.all().filter { !going.contains($0.path) }
    guard !staying.isEmpty else { return }
    var choice = MultiPackIndexWriter.Options()
    func indexName(_ path: FilePath) -> [UInt8] {
      PackNames.path(of: path, ending: ".idx").lastComponentBytes
    }
    choice.included = Set(staying.map { indexName($0.path) })
    if case .geometric = options.mode,
      let largest = staying.filter({ !$0.isCruft }).max(by: { $0.count < $1.count })
    {
      choice.preferredPack = indexName(largest.path)
    }
    choice.writesOrder = options.writesBitmaps
    _ = try MultiPackIndexWriter(database, options: choice, warn: warn).write()
  }
}
