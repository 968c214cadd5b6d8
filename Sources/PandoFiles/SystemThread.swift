#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A thread of the system's, to be joined or let go, once.
struct SystemThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  /// Starts a thread; nil when the system has none left.
  static func start(_ body: @escaping @Sendable () -> Void) -> SystemThread? {
    // The reference that is counted here is the one that the thread takes over.
    let work = unsafe Unmanaged.passRetained(Work(body))
    #if canImport(Darwin)
    var started: pthread_t?
    let status = unsafe pthread_create(&started, nil, { Self.enter($0) }, work.toOpaque())
    if status == 0, let thread = unsafe started { return unsafe SystemThread(thread: thread) }
    #else
    var thread = pthread_t()
    let status = unsafe pthread_create(&thread, nil, { unsafe Self.enter($0) }, work.toOpaque())
    if status == 0 { return SystemThread(thread: thread) }
    #endif
    unsafe work.release()
    return nil
  }

  private static func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context = unsafe context {
      unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
    }
    return nil
  }

  /// Lets it go: it is not to be joined.
  func detach() {
    _ = pthread_detach(thread)
  }

  /// Waits for its end.
  func join() {
    _ = pthread_join(thread, nil)
  }
}
