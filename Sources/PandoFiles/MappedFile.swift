/// A whole file as memory that is read only; unmapped when the last reference goes.
///
/// Reading costs a page fault at the first touch of a page and nothing after.
///
/// The hazard: when another process cuts the file short after it was mapped, touching a page past
/// the new end kills this process with `SIGBUS`, and no check here can prevent it. Map only files
/// that nobody rewrites in place, as Git's packs and indexes; read others with
/// ``FileSystem/contents(of:limit:)`` or ``ReadableFile``.
@safe
public final class MappedFile: @unchecked Sendable {
  // Why this is safe. `start` is the address of `count` readable bytes: those of a mapping of that
  // size which only `deinit` ends, or those of `owned`, which is allocated once and freed only by
  // `deinit`. A span borrows the object, so none outlives them. Nothing ever writes to the bytes
  // through this object, and the stored properties are constants: any number of threads may read.
  private let start: UnsafeRawPointer?
  private let isMapping: Bool
  /// Bytes in the file when it was mapped.
  public let count: Int

  /// Takes over a mapping of `count` bytes.
  init(mapping start: UnsafeRawPointer, count: Int) {
    unsafe self.start = start
    self.isMapping = true
    self.count = count
  }

  /// Stands in for the mapping of a file with these bytes, which are copied.
  public init(_ bytes: [UInt8]) {
    self.count = bytes.count
    self.isMapping = false
    if bytes.isEmpty {
      unsafe self.start = nil
    } else {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
      // Both sides have `bytes.count` bytes.
      unsafe copy.copyBytes(from: bytes)
      unsafe self.start = UnsafeRawPointer(copy.baseAddress)
    }
  }

  deinit {
    guard let start = unsafe start else { return }
    if isMapping {
      unsafe SystemCalls.unmap(start, size: count)
    } else {
      unsafe start.deallocate()
    }
  }

  /// The bytes, borrowed from this object.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
      let span = unsafe Span<UInt8>(_unsafeBytes: buffer)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Lends the bytes to a closure, for modules that cannot return spans.
  @inlinable  // Look-ups take 20 ns less each.
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes)
  }

  /// Gives the system back the pages of a range, to be read from the file again when touched.
  ///
  /// For one pass over a file larger than the memory it should take. Part pages at the ends are
  /// kept; a range outside the file is cut to it. Costs one system call.
  public func releasePages(_ range: Range<Int>) {
    guard isMapping, let start = unsafe start else { return }
    let page = SystemCalls.pageSize
    let first = (max(range.lowerBound, 0) + page - 1) / page * page
    let end = min(range.upperBound, count) / page * page
    // Both ends are whole pages inside the mapping, whose address is that of a page.
    if first < end { unsafe SystemCalls.release(start + first, size: end - first) }
  }
}
