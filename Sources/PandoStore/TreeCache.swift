package import PandoObjects
internal import Synchronization

/// Parsed trees by name, within a budget of bytes. Trees never change, so the cache never goes
/// stale.
///
/// Eviction gives a tree that was read since the hand last passed a second chance, so that a walk
/// over everything does not push out the directories that every read goes through.
package final class TreeCache: Sendable {
  fileprivate struct Slot {
    var tree: Tree
    var id: ObjectID
    var wasRead = false
  }

  fileprivate struct State {
    var positions: [ObjectID: Int] = [:]
    var slots: [Slot] = []
    var hand = 0
    var bytes = 0
  }

  /// The most that parsed trees may take, in bytes.
  package let bytesMax: Int
  private let state = Mutex(State())

  /// Makes an empty cache.
  package init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// The bytes that the trees in the cache take, about.
  package var bytes: Int { state.withLock(\.bytes) }

  package subscript(id: ObjectID) -> Tree? {
    state.withLock { state in
      guard let position = state.positions[id] else { return nil }
      state.slots[position].wasRead = true
      return state.slots[position].tree
    }
  }

  /// Keeps a tree, unless it alone is larger than the budget, and drops the one that it takes the
  /// place of: else a writer's old versions would push out what readers need.
  package func insert(_ tree: Tree, id: ObjectID, replacing old: ObjectID? = nil) {
    let cost = Self.cost(tree)
    guard cost <= bytesMax else { return }
    state.withLock { state in
      guard state.positions[id] == nil else { return }
      if let old, let position = state.positions[old] { state.remove(at: position) }
      while state.bytes + cost > bytesMax, !state.slots.isEmpty { state.evictOne() }
      state.positions[id] = state.slots.count
      state.slots.append(Slot(tree: tree, id: id))
      state.bytes += cost
    }
  }

  /// The body, and what the index of its entries takes.
  fileprivate static func cost(_ tree: Tree) -> Int {
    128 + tree.serialized.count + tree.count * 12
  }
}

extension TreeCache.State {
  /// Drops the next tree that was not read since the hand last passed.
  fileprivate mutating func evictOne() {
    while true {
      if hand >= slots.count { hand = 0 }
      guard slots[hand].wasRead else { break }
      slots[hand].wasRead = false
      hand += 1
    }
    remove(at: hand)
  }

  /// Drops a tree; the last one takes its slot.
  fileprivate mutating func remove(at position: Int) {
    let victim = slots[position]
    bytes -= TreeCache.cost(victim.tree)
    positions[victim.id] = nil
    let last = slots.removeLast()
    if position < slots.count {
      slots[position] = last
      positions[last.id] = position
    }
  }
}
