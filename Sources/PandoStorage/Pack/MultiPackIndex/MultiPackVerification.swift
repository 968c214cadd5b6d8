internal import PandoBytes
public import PandoFiles
public import PandoObjects

extension MultiPackIndex {
  /// Compares the whole file with the packs in `directory` and gives each problem to `report`, in
  /// the words of `git multi-pack-index verify`. O(n log n).
  ///
  /// - Parameter directory: that of the packs.
  public func verify(
    in directory: FilePath, files: any FileSystem, _ report: (String) -> Void
  ) throws(PandoError) {
    if !isChecksumValid { report("incorrect checksum") }
    var isThere: [Bool] = []
    for (number, name) in packNames.enumerated() {
      let path = directory.appending(bytes: PackNames.pack(ofIndex: name))
      do throws(FileError) {
        isThere.append(try files.status(of: path, followingLinks: true)?.kind == .file)
      } catch {
        throw .refused("pack \(path)", error)
      }
      if !isThere[number] { report("failed to load pack in position \(number)") }
    }
    guard count > 0 else { return report("the midx contains no oid") }
    for position in 1..<max(count, 1) {
      let (last, next) = (id(at: position - 1), id(at: position))
      if last >= next {
        report(
          "oid lookup out of order: oid[\(position - 1)] = \(last) >= \(next) = oid[\(position)]")
      }
    }
    try verifyLocations(in: directory, isThere, files, report)
  }

  /// Compares each place with what the pack's own index says, pack by pack, so that one index is
  /// open at a time.
  private func verifyLocations(
    in directory: FilePath, _ isThere: [Bool], _ files: any FileSystem, _ report: (String) -> Void
  ) throws(PandoError) {
    var byPack = [[UInt32]](repeating: [], count: packNames.count)
    for position in 0..<count {
      // Git dies on a pack that is none of those it names.
      let pack: Int
      do throws(ParseError) { pack = try location(at: position).pack } catch {
        throw .corrupt("\(MultiPackIndex.fileName)", error)
      }
      byPack[pack].append(UInt32(position))
    }
    for (number, positions) in byPack.enumerated().reversed() where !positions.isEmpty {
      let path = directory.appending(bytes: packNames[number])
      let map = isThere[number] ? try? files.map(path) : nil
      let index = map.flatMap { try? PackIndex($0, algorithm: hashAlgorithm) }
      guard isThere[number], let index else {
        if isThere[number] {
          let pack = directory.appending(bytes: PackNames.pack(ofIndex: packNames[number]))
          return report("failed to load pack-index for packfile \(pack)")
        }
        for position in positions {
          report("failed to load pack entry for oid[\(position)] = \(id(at: Int(position)))")
        }
        continue
      }
      for position in positions.map({ Int($0) }) {
        let id = id(at: position)
        let ours = try? location(at: position).offset
        let theirs = index.position(of: id).flatMap { try? index.offset(at: $0) }
        guard ours != theirs else { continue }
        let (left, right) = (String(ours ?? 0, radix: 16), String(theirs ?? 0, radix: 16))
        report("incorrect object offset for oid[\(position)] = \(id): \(left) != \(right)")
      }
    }
  }
}
