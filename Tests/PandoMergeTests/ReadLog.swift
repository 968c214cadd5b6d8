import PandoObjects
import Synchronization

/// The objects that were read, in their order.
final class ReadLog: Sendable {
  private let state = Mutex<[ObjectID]>([])
  func add(_ id: ObjectID) { state.withLock { $0.append(id) } }
  var ids: [ObjectID] { state.withLock { $0 } }
}
