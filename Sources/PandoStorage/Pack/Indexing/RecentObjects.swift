internal import PandoObjects

/// Objects of a pack that were made lately, by number, the least recently used ones dropped when
/// they pass a budget of bytes.
struct RecentObjects: Sendable {
  private var cache: DeltaCache

  init(budget: Int) { cache = DeltaCache(budget: budget) }

  /// An object, which becomes the most recently used one.
  mutating func object(_ number: Int) -> HeadedObject? {
    guard let found = cache.object(pack: 0, offset: number)?.object.body,
      let end = found.firstIndex(of: 0)
    else { return nil }
    return HeadedObject(bytes: found, start: end + 1)
  }

  /// Keeps an object, unless it alone would take half of the budget.
  mutating func insert(_ number: Int, _ object: HeadedObject) {
    // The kind is in the header.
    let raw = RawObject(kind: .blob, body: object.bytes)
    cache.insert(ChainedObject(object: raw, depth: 0), pack: 0, offset: number)
  }
}
