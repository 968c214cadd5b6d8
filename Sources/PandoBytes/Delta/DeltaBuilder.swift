/// Writes a delta from its parts, for one who knows what changed. Source: gitformat-pack,
/// "Deltified representation".
public struct DeltaBuilder: Sendable {
  /// The delta so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts a delta that makes `result` bytes of `base` bytes.
  public init(base: Int, result: Int) {
    bytes.append(deltaSize: base)
    bytes.append(deltaSize: result)
  }

  /// Goes on with the bytes of the base in `range`. O(1) for each 64 KiB.
  public mutating func copy(_ range: Range<Int>) {
    // An instruction has at most seven bytes.
    let pieces = range.count / DeltaIndex.copyMax + 1
    append(upTo: 7 * pieces) { $0.copy(from: range.lowerBound, range.count) }
  }

  /// Goes on with `new` bytes. O(n).
  public mutating func insert(_ new: [UInt8]) {
    let pieces = new.count / DeltaIndex.insertMax + 1
    append(upTo: new.count + pieces) { instructions in
      unsafe new.withUnsafeBytes { source in
        guard let start = source.baseAddress else { return true }
        return unsafe instructions.insert(start, source.count)
      }
    }
  }

  private mutating func append(
    upTo room: Int, _ write: (inout DeltaInstructions) -> Bool
  ) {
    bytes.append(addingCapacity: room) { output in
      unsafe output.withUnsafeMutableBufferPointer { target, initialized in
        guard let start = target.baseAddress else { return }
        var instructions = unsafe DeltaInstructions(
          start + initialized, room: target.count - initialized)
        precondition(write(&instructions), "there is no room for an instruction")
        initialized += instructions.count
      }
    }
  }
}
