internal import PandoBytes
package import PandoFiles
package import PandoObjects

/// A journal that its owner left behind, held while it is published.
package struct LeftJournal {
  /// The journal, to be removed when all is published.
  package let journal: Journal
  /// Its segments.
  package let segments: [FilePath]
}

extension Repository {
  /// Starts a journal of this process's own, which is what a disk is needed for.
  package func startJournal() throws(PandoError) -> Journal {
    guard let layout, let fileSystem else {
      throw PandoError(.unsupported, "a repository in memory keeps no journal")
    }
    let directory = JournalNames.directory(in: layout.commonDirectory)
    let names = JournalNames(in: directory, options.random)
    let held = try PandoError.wrapping("cannot start a journal of commits") {
      () throws(FileError) in
      try fileSystem.createDirectories(directory, durability: .everyCommit)
      let held = try fileSystem.hold(names.lock, permissions: 0o666)
      let file = try fileSystem.openForAppending(names.lock, permissions: 0o666)
      try file.write(names.mark.text)
      try file.synchronize()
      try file.close()
      try fileSystem.synchronizeDirectory(directory)
      return held
    }
    guard let held else {
      throw PandoError(.locked, "cannot start a journal of commits: \(names.lock) is held")
    }
    return Journal(names, held: held, in: fileSystem, hashAlgorithm)
  }

  /// The journals of processes that have ended before all was published. One that another process
  /// holds, be it to publish it, is left out.
  package func leftJournals() throws(PandoError) -> [LeftJournal] {
    guard let layout, let fileSystem else { return [] }
    let directory = JournalNames.directory(in: layout.commonDirectory)
    var left: [LeftJournal] = []
    for names in try JournalNames.all(in: directory, fileSystem) {
      let held = try PandoError.wrapping("cannot take over \(names.lock)") {
        () throws(FileError) in
        try fileSystem.hold(names.lock, permissions: 0o666)
      }
      guard let held else { continue }
      let journal = Journal(names, held: held, in: fileSystem, hashAlgorithm)
      left.append(LeftJournal(journal: journal, segments: try journal.endedSegments()))
    }
    return left
  }

  /// What the segments of a journal have. Throws `.corrupt`, naming the file.
  package func readJournal(_ segments: [FilePath]) throws(PandoError) -> JournalReader {
    var reader = JournalReader(beside: objects)
    guard let fileSystem else { return reader }
    for path in segments {
      let found = try PandoError.wrapping("cannot read \(path)") { () throws(FileError) in
        try fileSystem.contents(of: path, limit: .max)
      }
      let bytes = found ?? []
      do throws(PandoError) { try reader.read(bytes.span) } catch {
        throw PandoError(
          error.code,
          "cannot publish the commits in \(path): move it away to go on without them",
          cause: error)
      }
    }
    return reader
  }
}
