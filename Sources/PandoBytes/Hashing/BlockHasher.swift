import CPandoKernels

/// A chaining value: eight words, of which SHA-1 uses the first five.
typealias HashState = InlineArray<8, UInt32>

/// Cuts a stream of bytes into the blocks of a Merkle-Damgard hash and pads the end.
///
/// Input is taken eight blocks at a time, without a copy where it arrives in long pieces, because
/// the collision detector looks at eight blocks at once.
struct BlockHasher {
  private static let batchBytes = 512

  let algorithm: HashAlgorithm
  let detectsCollisions: Bool
  let kernels: HashKernels
  private(set) var foundCollision = false
  private var state: HashState
  private var totalBytes: UInt64 = 0
  private var pendingCount = 0
  /// One batch, and one more block for the padding.
  private var pending = InlineArray<576, UInt8>(repeating: 0)

  init(_ algorithm: HashAlgorithm, detectsCollisions: Bool, kernels: HashKernels) {
    self.algorithm = algorithm
    self.kernels = kernels
    self.detectsCollisions = detectsCollisions && algorithm == .sha1
    switch algorithm {
    case .sha1: state = SHA1.initial
    case .sha256: state = SHA256.initial
    }
  }

  mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { unsafe absorb(base, buffer.count) }
    }
  }

  private mutating func absorb(_ start: UnsafePointer<UInt8>, _ count: Int) {
    totalBytes &+= UInt64(count)
    var offset = 0
    if pendingCount > 0 {
      offset = min(Self.batchBytes - pendingCount, count)
      unsafe buffer(start, offset)
      guard pendingCount == Self.batchBytes else { return }
      compressPending(blocks: Self.batchBytes / 64)
    }
    let direct = (count - offset) / Self.batchBytes * Self.batchBytes
    if direct > 0 {
      var next = (state: state, found: foundCollision)
      unsafe compress(&next.state, &next.found, start + offset, blocks: direct / 64)
      (state, foundCollision) = next
      offset += direct
    }
    if offset < count { unsafe buffer(start + offset, count - offset) }
  }

  /// Copies `count` bytes behind those that wait; the caller has made sure they fit.
  private mutating func buffer(_ start: UnsafePointer<UInt8>, _ count: Int) {
    let end = pendingCount
    var span = pending.mutableSpan
    unsafe span.withUnsafeMutableBytes { raw in
      unsafe UnsafeMutableRawBufferPointer(rebasing: raw[end..<(end + count)])
        .copyMemory(from: UnsafeRawBufferPointer(start: start, count: count))
    }
    pendingCount = end + count
  }

  private mutating func compressPending(blocks: Int) {
    var next = (state: state, found: foundCollision)
    unsafe pending.span.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress {
        unsafe compress(&next.state, &next.found, base, blocks: blocks)
      }
    }
    (state, foundCollision) = next
    pendingCount = 0
  }

  private func compress(
    _ state: inout HashState, _ found: inout Bool, _ start: UnsafePointer<UInt8>, blocks: Int
  ) {
    if detectsCollisions {
      if unsafe CollisionDetector.compress(&state, start, count: blocks, kernels: kernels) {
        found = true
      }
      return
    }
    switch (algorithm, kernels.contains(algorithm == .sha1 ? .sha1 : .sha256)) {
    case (.sha1, false): unsafe SHA1.compress(&state, start, count: blocks)
    case (.sha256, false): unsafe SHA256.compress(&state, start, count: blocks)
    case (_, true):
      var span = state.mutableSpan
      unsafe span.withUnsafeMutableBufferPointer { words in
        unsafe (algorithm == .sha1 ? pando_sha1 : pando_sha256)(words.baseAddress, start, blocks)
      }
    }
  }

  /// Pads, takes the last blocks, and returns the digest. The hasher is spent afterwards.
  mutating func finish() -> Digest {
    let bitCount = totalBytes &* 8
    let blocks = (pendingCount + 9 + 63) / 64
    pending[pendingCount] = 0x80
    for index in (pendingCount + 1)..<(blocks * 64 - 8) { pending[index] = 0 }
    for index in 0..<8 {
      pending[blocks * 64 - 1 - index] = UInt8(truncatingIfNeeded: bitCount >> UInt64(index * 8))
    }
    compressPending(blocks: blocks)
    func word(_ index: Int) -> UInt64 {
      UInt64(state[index * 2]) << 32 | UInt64(state[index * 2 + 1])
    }
    switch algorithm {
    case .sha1:
      return Digest(
        w0: word(0), w1: word(1), w2: UInt64(state[4]) << 32, w3: 0, algorithm: .sha1)
    case .sha256:
      return Digest(w0: word(0), w1: word(1), w2: word(2), w3: word(3), algorithm: .sha256)
    }
  }
}
