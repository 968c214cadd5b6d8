package import PandoFiles
package import PandoObjects

extension FileReferences {
  /// A watch that tells when references may have changed; nil where nobody but this process changes
  /// them.
  package func watch() throws(PandoError) -> any DirectoryWatch {
    try PandoError.wrapping("cannot watch references") { () throws(FileError) in
      try fileSystem.watch()
    }
  }

  /// Adds the directories to a watch that references are in by now; which may be fewer than there
  /// are, where the system tells of no more: what changes in the others shows when one looks.
  package func addDirectories(to watch: any DirectoryWatch) throws(PandoError) {
    var pending = [paths.commonDirectory / "refs"]
    try PandoError.wrapping("cannot watch references") { () throws(FileError) in
      // The packed file and `HEAD`.
      for directory in Set([paths.commonDirectory, paths.gitDirectory]) {
        try watch.addIfPossible(directory)
      }
    }
    while let directory = pending.popLast() {
      let entries = try PandoError.wrapping("cannot watch \(directory)") {
        () throws(FileError) in
        // In this order: what comes into being in between is told of.
        try watch.addIfPossible(directory)
        return try fileSystem.list(directory) ?? []
      }
      for entry in entries where try kind(of: entry, directory) == .directory {
        pending.append(directory.appending(bytes: entry.nameBytes))
      }
    }
  }
}

extension DirectoryWatch {
  /// Adds a directory unless the system watches as many as it does already.
  fileprivate func addIfPossible(_ directory: FilePath) throws(FileError) {
    do throws(FileError) {
      try add(directory)
    } catch  where error.errno == FileErrorNumber.noSpace {}
  }
}
