internal import PandoFiles
internal import Synchronization

/// An open file whose reads count.
final class FaultyReadableFile: ReadableFile {
  private let base: any ReadableFile
  private let plan: FaultPlan

  init(_ base: any ReadableFile, _ plan: FaultPlan) {
    self.base = base
    self.plan = plan
  }

  var path: FilePath { base.path }
  var size: Int { base.size }

  func status() throws(FileError) -> FileStatus {
    try plan.count("stat", path)
    return try base.status()
  }

  func read(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(FileError) -> Int {
    try plan.count("read", path)
    return try base.read(at: offset, into: &buffer)
  }
}

/// An open file whose writes, syncs and close count; broken for good once one has failed.
final class FaultyWritableFile: WritableFile {
  private let base: any WritableFile
  private let plan: FaultPlan
  private let isBroken = Atomic(false)

  init(_ base: any WritableFile, _ plan: FaultPlan) {
    self.base = base
    self.plan = plan
  }

  var path: FilePath { base.path }

  private func count(
    _ call: String, onFault half: () throws(FileError) -> Void = { () throws(FileError) in }
  ) throws(FileError) {
    if isBroken.load(ordering: .relaxed) {
      throw FileError(call: call, path: path, errno: FileErrorNumber.inputOutput)
    }
    do {
      try plan.count(call, path)
    } catch {
      isBroken.store(true, ordering: .relaxed)
      try half()
      throw error
    }
  }

  func write(_ bytes: Span<UInt8>) throws(FileError) {
    try count("write") { () throws(FileError) in
      try base.write(bytes.extracting(first: bytes.count / 2))
    }
    try base.write(bytes)
  }

  func write(_ bytes: Span<UInt8>, at offset: Int) throws(FileError) {
    try count("write") { () throws(FileError) in
      try base.write(bytes.extracting(first: bytes.count / 2), at: offset)
    }
    try base.write(bytes, at: offset)
  }

  func truncate(to size: Int) throws(FileError) {
    try count("truncate")
    try base.truncate(to: size)
  }

  func synchronize() throws(FileError) {
    try count("sync")
    try base.synchronize()
  }

  func synchronizeData() throws(FileError) {
    try count("sync")
    try base.synchronizeData()
  }

  func close() throws(FileError) {
    try base.close()
    try plan.count("close", path)
  }
}
