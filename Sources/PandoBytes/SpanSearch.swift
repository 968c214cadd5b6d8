#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Span<UInt8> {
  /// The index of the first `byte` at or after `start`, or nil. O(n) at memory speed.
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    guard start >= 0, start < count else { return nil }
    return unsafe withUnsafeBufferPointer { buffer in
      // The range start ..< count lies in the buffer: checked above.
      guard let base = buffer.baseAddress,
        let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }

  /// Whether both spans hold the same bytes. O(n) at memory speed.
  public func hasSameBytes(as other: Span<UInt8>) -> Bool {
    count == other.count && compareBytes(with: other) == 0
  }

  /// Whether this span begins with the bytes of `prefix`.
  public func starts(with prefix: StaticString) -> Bool {
    let length = prefix.utf8CodeUnitCount
    guard prefix.hasPointerRepresentation, count >= length else { return false }
    return unsafe withUnsafeBufferPointer { buffer in
      // Both sides hold at least `length` bytes: checked above.
      guard let base = buffer.baseAddress else { return length == 0 }
      return unsafe memcmp(base, prefix.utf8Start, length) == 0
    }
  }

  /// Negative, zero or positive as this span orders before, with or after `other`, bytes unsigned.
  public func compareBytes(with other: Span<UInt8>) -> Int {
    let shared = Swift.min(count, other.count)
    let order = unsafe withUnsafeBufferPointer { a in
      unsafe other.withUnsafeBufferPointer { b in
        // `shared` bytes exist on both sides.
        guard shared > 0, let left = a.baseAddress, let right = b.baseAddress else {
          return Int32(0)
        }
        return unsafe memcmp(left, right, shared)
      }
    }
    return order != 0 ? Int(order) : count - other.count
  }

  /// How many bytes both spans begin with. O(n) at memory speed.
  public func sharedPrefixCount(with other: Span<UInt8>) -> Int {
    let shared = Swift.min(count, other.count)
    return unsafe withUnsafeBytes { a in
      unsafe other.withUnsafeBytes { b in
        // Every load lies below `shared`, which both sides have.
        var index = 0
        while index + 32 <= shared {
          let left = unsafe a.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
          let right = unsafe b.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
          let difference = left ^ right
          if difference[0] | difference[1] | difference[2] | difference[3] != 0 { break }
          index += 32
        }
        while index + 8 <= shared {
          let left = unsafe a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          let right = unsafe b.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          let difference = UInt64(littleEndian: left ^ right)
          if difference != 0 { return index + difference.trailingZeroBitCount / 8 }
          index += 8
        }
        while index < shared, unsafe a[index] == b[index] { index += 1 }
        return index
      }
    }
  }

  /// How many bytes both spans end with. O(n) at memory speed.
  public func sharedSuffixCount(with other: Span<UInt8>) -> Int {
    let shared = Swift.min(count, other.count)
    return unsafe withUnsafeBytes { a in
      unsafe other.withUnsafeBytes { b in
        // Every load lies in the last `shared` bytes, which both sides have.
        var done = 0
        while done + 8 <= shared {
          let left = unsafe a.loadUnaligned(
            fromByteOffset: a.count - done - 8, as: UInt64.self)
          let right = unsafe b.loadUnaligned(
            fromByteOffset: b.count - done - 8, as: UInt64.self)
          let difference = UInt64(littleEndian: left ^ right)
          if difference != 0 { return done + difference.leadingZeroBitCount / 8 }
          done += 8
        }
        while done < shared, unsafe a[a.count - 1 - done] == b[b.count - 1 - done] { done += 1 }
        return done
      }
    }
  }
}
