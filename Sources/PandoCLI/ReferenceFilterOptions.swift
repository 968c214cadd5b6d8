internal import PandoBytes
internal import PandoObjects

/// The options by which `branch`, `tag` and `for-each-ref` choose what they list, by the keys that
/// the command has for them.
struct ReferenceFilterOptions<Key: Hashable & Sendable>: Sendable {
  let contains: Key
  let noContains: Key
  let merged: Key
  let noMerged: Key
  let pointsAt: Key
  let ignoreCase: Key

  /// The options of `branch` and `tag`; `noun` is what they list.
  func table(_ noun: String) -> [CommandOption<Key>] {
    [
      .value(
        contains, "--contains", placeholder: "<commit>",
        help: "print only \(noun) that contain the commit", isNegatable: false),
      .value(
        noContains, "--no-contains", placeholder: "<commit>",
        help: "print only \(noun) that don't contain the commit", isNegatable: false),
      .value(
        contains, "--with", placeholder: "<commit>", help: "", isNegatable: false, isHidden: true),
      .value(
        noContains, "--without", placeholder: "<commit>", help: "", isNegatable: false,
        isHidden: true),
      .value(
        merged, "--merged", placeholder: "<commit>", help: "print only \(noun) that are merged",
        isNegatable: false),
      .value(
        noMerged, "--no-merged", placeholder: "<commit>",
        help: "print only \(noun) that are not merged", isNegatable: false),
      .value(
        pointsAt, "--points-at", placeholder: "<object>",
        help: "print only \(noun) of the object"),
      .flag(
        ignoreCase, "-i", "--ignore-case", help: "sorting and filtering are case insensitive"),
    ]
  }

  /// What the options say. Throws git's complaints about what they name.
  func filter(
    _ options: ParsedOptions<Key>, _ listing: ReferenceListing,
    matching: ReferenceFilter.Matching = .shortName
  ) throws -> ReferenceFilter {
    var filter = ReferenceFilter()
    filter.patterns = options.arguments.map(\.bytes)
    filter.matching = matching
    filter.ignoresCase = options.has(ignoreCase)
    for occurrence in options.occurrences {
      guard let value = occurrence.value else { continue }
      switch occurrence.key {
      case contains: filter.contains.append(try listing.containedCommit(value))
      case noContains: filter.excludes.append(try listing.containedCommit(value))
      case merged:
        filter.mergedInto.append(try listing.mergedCommit(value, option: "merged"))
      case noMerged:
        filter.notMergedInto.append(try listing.mergedCommit(value, option: "no-merged"))
      case pointsAt:
        filter.isPointing = true
        filter.pointsAt.insert(try listing.pointedObject(value))
      default: break
      }
    }
    return filter
  }
}
