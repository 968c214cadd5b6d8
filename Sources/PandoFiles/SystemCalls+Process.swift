// Only the preconcurrency import admits C's globals, such as the environment's address.
#if canImport(Glibc)
@unsafe @preconcurrency internal import Glibc
#elseif canImport(Musl)
@unsafe @preconcurrency internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Calls about the process, the machine and the time. None of them looks up users or hosts by way
/// of shared libraries, which a static executable cannot load.
extension SystemCalls {
  /// The system's words for an error number.
  static func message(for number: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    // The call writes at most the count it is given, its final zero included.
    _ = unsafe strerror_r(number, &text, text.count)
    return string(text)
  }

  /// The text up to the first zero or the end.
  private static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func currentDirectory() -> FilePath {
    var text = [CChar](repeating: 0, count: 4096)
    while unsafe getcwd(&text, text.count) == nil {
      // Gone, or not to be read: relative paths still mean what they mean.
      guard errno == ERANGE, text.count < 1 << 20 else { return "." }
      text = [CChar](repeating: 0, count: text.count * 2)
    }
    return FilePath(bytes: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)))
  }

  static func hostName() -> String {
    var text = [CChar](repeating: 0, count: 257)
    // One less than there is, since a cut name may come without its zero.
    guard unsafe gethostname(&text, text.count - 1) == 0 else { return "localhost" }
    return string(text)
  }

  static func userID() -> UInt32 { geteuid() }

  static func processID() -> Int32 { getpid() }

  /// Whether there is such a process, be it somebody else's.
  static func isRunning(_ processID: Int32) -> Bool {
    kill(processID, 0) == 0 || errno == EPERM
  }

  static func processorCount() -> Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// The environment's `NAME=value` entries as they are.
  static func environmentEntries() -> [[UInt8]] {
    #if canImport(Darwin)
    return unsafe strings(_NSGetEnviron().pointee)
    #else
    return unsafe strings(environ)
    #endif
  }

  /// The command line's words as they are, the program's name first.
  static func argumentEntries() -> [[UInt8]] {
    unsafe strings(CommandLine.unsafeArgv)
  }

  /// Reads C strings until the null address that ends both of the system's lists.
  private static func strings(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> [[UInt8]] {
    guard let list = unsafe list else { return [] }
    var found: [[UInt8]] = []
    while let text = unsafe list[found.count] {
      // The system ends each string with a zero, which bounds the copy.
      unsafe found.append(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
    }
    return found
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  static func ignoreBrokenPipeSignal() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  static func wallTime() -> (seconds: Int64, nanoseconds: Int32) {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return (Int64(time.tv_sec), Int32(truncatingIfNeeded: time.tv_nsec))
  }

  /// Seconds that local time is ahead of UTC at a moment.
  static func localOffsetSeconds(at seconds: Int64) -> Int {
    var moment = time_t(seconds)
    var local = unsafe tm()
    tzset()
    // Fails only for years beyond the type's range.
    guard unsafe localtime_r(&moment, &local) != nil else { return 0 }
    return unsafe Int(local.tm_gmtoff)
  }

  static func sleep(milliseconds: Int) {
    var wanted = timespec(
      tv_sec: time_t(milliseconds / 1000), tv_nsec: milliseconds % 1000 * 1_000_000)
    var left = wanted
    // The call stores what is left when a signal cuts it short.
    while unsafe nanosleep(&wanted, &left) == -1, errno == EINTR { wanted = left }
  }

  static func exitProcess(_ status: Int32) -> Never { exit(status) }
}
