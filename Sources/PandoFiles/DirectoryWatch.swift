/// Tells when something may have changed in some directories, whoever changed it.
///
/// A hint: changes may be told of more than once, and where the system does not tell, only time
/// passes. What has changed is to be looked up.
public protocol DirectoryWatch: AnyObject, Sendable {
  /// Also tells of changes of the names in a directory from now on, and of writes to the files
  /// there. One that is told of already, or is not there, changes nothing.
  func add(_ directory: FilePath) throws(FileError)

  /// Waits until something may have changed since the last wait, until it is woken, or until a time
  /// has passed.
  func wait(milliseconds: Int) throws(FileError)

  /// Ends the wait of another thread, or the next one.
  func wake()
}

extension FileSystem {
  /// A watch that only lets time pass: for file systems that do not tell of changes.
  public func watch() throws(FileError) -> any DirectoryWatch { PollingWatch() }
}

/// Lets time pass between two looks.
public final class PollingWatch: DirectoryWatch {
  private let isWoken = Monitor(false)

  /// Makes a watch.
  public init() {}

  /// Does nothing.
  public func add(_ directory: FilePath) {}

  /// Waits until it is woken, or until the time has passed.
  public func wait(milliseconds: Int) {
    isWoken.wait(atMost: milliseconds) { isWoken in
      defer { isWoken = false }
      return isWoken ? () : nil
    }
  }

  /// Ends the wait of another thread, or the next one.
  public func wake() { isWoken.withLock { $0 = true } }
}
