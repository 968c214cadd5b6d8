import PandoBytes
import PandoStore

/// What goes into packs.
extension FuzzTarget {
  /// The first byte splits the input in a base and a target: the delta makes the target again. The
  /// same bytes as text are a filter.
  func deltaWriting(_ bytes: [UInt8]) {
    _ = try? ObjectFilter(parsing: String(decoding: bytes, as: UTF8.self))
    guard let first = bytes.first else { return }
    let rest = bytes.dropFirst()
    let cut = rest.count * Int(first) / 256
    let base = Array(rest.prefix(cut))
    let target = Array(rest.dropFirst(cut))
    let index = DeltaIndex(base: base.span)
    let most = target.count + target.count / 127 + 24
    guard let delta = index.delta(to: target.span, from: base.span, limit: most) else {
      preconditionFailure("there is no room for a delta")
    }
    let again = try? DeltaReader.apply(delta.span, to: base.span, limit: target.count)
    precondition(again == target, "a delta makes something else")
  }
}
