internal import PandoFiles
internal import PandoMerge
internal import PandoObjects
internal import PandoStorage

extension CommandContext {
  /// The most that is read of the file that lists a shallow clone's borders, in bytes.
  private static let shallowBytesMax = 1 << 28

  /// The parents to believe: commits at a shallow clone's border have none. Source:
  /// gitrepository-layout, "shallow".
  func grafts() throws -> Grafts {
    guard let directory = try repository().layout?.commonDirectory,
      let bytes = try fileSystem.contents(
        of: directory / "shallow", limit: Self.shallowBytesMax)
    else { return .none }
    let lines = bytes.split(separator: 10)
    return Grafts(shallow: lines.compactMap { ObjectID(hexBytes: Array($0).span) })
  }
}
