internal import Synchronization

/// A resolved object that has deltas on it which are still to be resolved. Its bytes never change,
/// so threads read them at once; they may be dropped and made again.
final class DeltaBase: Sendable {
  private struct State {
    var object: HeadedObject?
    /// The lists of deltas on it that are not used up.
    var lists: Int
  }

  /// Which entry it is.
  let number: Int
  private let state: Mutex<State>

  /// Wraps an object with one or two lists of deltas on it.
  init(_ number: Int, _ object: HeadedObject, lists: Int) {
    self.number = number
    state = Mutex(State(object: object, lists: lists))
  }

  /// The object, unless it was dropped. When `isLast` tells that the last delta of a list has been
  /// taken, and it was the last list, the object is given up, and `isFree` says so.
  func object(isLast: Bool) -> (object: HeadedObject?, isFree: Bool) {
    state.withLock { state in
      if isLast { state.lists -= 1 }
      let isFree = state.lists == 0
      let object = state.object
      if isFree { state.object = nil }
      return (object, isFree)
    }
  }

  /// Keeps an object that was made again; false when somebody else has done so.
  func keep(_ object: HeadedObject) -> Bool {
    state.withLock { state in
      guard state.object == nil, state.lists > 0 else { return false }
      state.object = object
      return true
    }
  }

  /// Drops the object; the size it had, if it was there.
  func drop() -> Int? {
    state.withLock { state in
      defer { state.object = nil }
      return state.object?.bytes.count
    }
  }

  /// Whether it has its bytes.
  var isHeld: Bool { state.withLock { $0.object != nil } }

  /// The object, if it is there.
  var held: HeadedObject? { state.withLock { $0.object } }
}

/// A delta that can be resolved: the first of a list on a base, which the thread that takes it cuts
/// off.
struct DeltaTask: Sendable {
  let base: DeltaBase
  /// The stored number of the delta.
  let delta: UInt32
}

/// The tasks of one thread: taken from the end by itself, so that it goes down a chain before it
/// goes on with the next, and from the start by others, where the largest families are.
final class TaskQueue: Sendable {
  private let tasks = Mutex<[DeltaTask]>([])

  func push(_ task: DeltaTask) { tasks.withLock { $0.append(task) } }

  func pop() -> DeltaTask? { tasks.withLock { $0.popLast() } }

  func steal() -> DeltaTask? {
    tasks.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  /// The bases of the tasks, those nearest to a whole object first.
  var bases: [DeltaBase] { tasks.withLock { $0.map(\.base) } }
}
