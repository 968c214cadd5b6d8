internal import PandoBytes
package import PandoFiles
package import PandoObjects

/// The commits of one process that are durable and not yet in the repository: files in the
/// directory `pando` of a Git directory, all named after their owner.
///
/// `journal-<owner>.lock` is held while the owner lives, and locked references have it under a
/// second name. `journal-<owner>-<number>` are the segments, in their order; one is removed,
/// durably, when all that it has is published. An append is one write and one sync; the file is
/// filled with zeros ahead of it, since a disk syncs bytes in place for less than a file that
/// grows.
package struct Journal: Sendable {
  /// The zeros that a segment grows by.
  private static let roomBytes = 1 << 20

  /// The mark of the locks of references while this journal's commits are on their way to them.
  package let mark: LockMark
  private let names: JournalNames
  private let files: any FileSystem
  private let algorithm: HashAlgorithm
  private let held: any HeldFile
  private var segment: Segment?
  private var nextNumber = 1

  /// The segment that is appended to.
  private struct Segment: Sendable {
    let file: any WritableFile
    let path: FilePath
    var end: Int
    var roomEnd: Int
    var isBroken = false
  }

  init(
    _ names: JournalNames, held: any HeldFile, in files: any FileSystem, _ algorithm: HashAlgorithm
  ) {
    mark = names.mark
    self.names = names
    self.held = held
    self.files = files
    self.algorithm = algorithm
  }

  /// The bytes in the segment that is appended to.
  package var segmentBytes: Int { segment?.end ?? 0 }

  /// Whether an append has failed. Nothing more can be appended before all is published.
  package var isBroken: Bool { segment?.isBroken == true }

  /// Makes a record durable: when this returns it survives power loss. After a failure it may or
  /// may not, and the journal is broken.
  package mutating func append(_ record: JournalRecord) throws(PandoError) {
    var bytes: [UInt8] = []
    do throws(FileError) {
      if segment == nil { segment = try startSegment(&bytes) }
      guard var current = segment else { return }
      segment?.isBroken = true
      record.append(to: &bytes)
      try append(bytes, to: &current)
      segment = current
    } catch {
      throw .file("cannot write to the journal of commits", error)
    }
  }

  private func append(_ bytes: [UInt8], to segment: inout Segment) throws(FileError) {
    let end = segment.end + bytes.count
    try segment.file.write(bytes.span, at: segment.end)
    if end > segment.roomEnd {
      let zeros = [UInt8](repeating: 0, count: Self.roomBytes)
      try segment.file.write(zeros.span, at: end)
      segment.roomEnd = end + zeros.count
    }
    try segment.file.synchronizeData()
    segment.end = end
  }

  /// Makes a segment whose name is durable.
  private mutating func startSegment(_ bytes: inout [UInt8]) throws(FileError) -> Segment {
    let path = names.segment(nextNumber)
    nextNumber += 1
    let file = try files.createExclusively(path, permissions: 0o666)
    try files.synchronizeDirectory(names.directory)
    bytes = JournalReader.head(algorithm)
    return Segment(file: file, path: path, end: 0, roomEnd: 0)
  }

  /// Ends the segment that is appended to; the next append starts another one.
  package mutating func endSegment() {
    // What was synced is durable, and what was not nobody counts on.
    try? segment?.file.close()
    segment = nil
  }

  /// All segments, in their order, but the one that is appended to.
  package func endedSegments() throws(PandoError) -> [FilePath] {
    let current = segment?.path
    return try names.segments(in: files).filter { $0 != current }
  }

  /// Removes segments whose commits are all published; when it returns they do not come back.
  package func remove(_ segments: [FilePath]) throws(PandoError) {
    if segments.isEmpty { return }
    try PandoError.wrapping("cannot remove the journal of commits") { () throws(FileError) in
      for path in segments { try files.remove(path) }
      try files.synchronizeDirectory(names.directory)
    }
  }

  /// Removes the journal itself, which has no segment any more.
  package func end() throws(PandoError) {
    try PandoError.wrapping("cannot remove the journal of commits") { () throws(FileError) in
      _ = try files.remove(held.path)
    }
  }
}
