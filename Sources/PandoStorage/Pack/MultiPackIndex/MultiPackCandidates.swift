internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

/// The packs that a multi-pack-index is to cover: those of the index there is, in its order, then
/// those it lacks.
final class MultiPackCandidates {
  struct Pack {
    /// The name of its index.
    let name: [UInt8]
    /// When the pack last changed.
    let seconds: Int64
    var index: PackIndex?

    /// Whether `name` is that of its index or of its pack.
    func isNamed(_ name: [UInt8]) -> Bool {
      name == self.name || name == PackNames.pack(ofIndex: self.name)
    }
  }

  private let files: any FileSystem
  private let directory: FilePath
  private let algorithm: HashAlgorithm
  /// The index there is, when what it says is kept.
  let existing: MultiPackIndex?
  private(set) var all: [Pack] = []
  /// Whether the index there is covers the very packs.
  private(set) var isUnchanged = false
  /// Whether it has its bitmap.
  private(set) var hasBitmap = false

  init(_ writer: MultiPackIndexWriter) throws(PandoError) {
    files = writer.files
    directory = writer.directory
    algorithm = writer.algorithm
    let options = writer.options
    var names: [[UInt8]]
    do throws(FileError) {
      names = try writer.files.list(writer.directory)?.map(\.nameBytes) ?? []
    } catch {
      throw .refused("directory \(writer.directory)", error)
    }
    let all = Set(names)
    var existing: MultiPackIndex?
    if options.usesExisting, options.included == nil, writer.database.options.usesMultiPackIndex {
      existing = Self.existing(writer, all)
    }
    self.existing = existing
    let covered = existing?.packNames ?? []
    for name in covered {
      self.all.append(Pack(name: name, seconds: try seconds(name) ?? 0, index: nil))
    }
    let known = Set(covered)
    names = names.filter { $0.ends(with: ".idx") && !known.contains($0) }
    for name in names where options.included?.contains(name) ?? true {
      let path = directory.appending(bytes: name)
      guard let seconds = try seconds(name) else {
        writer.warn("failed to add packfile '\(path)'")
        continue
      }
      guard let index = try? Self.open(path, files, algorithm) else {
        writer.warn("failed to open pack-index '\(path)'")
        continue
      }
      self.all.append(Pack(name: name, seconds: seconds, index: index))
    }
    isUnchanged =
      existing != nil && self.all.count == covered.count && options.dropped.isEmpty
    if let checksum = existing?.checksum {
      hasBitmap = all.contains(Array("\(MultiPackIndex.fileName)-\(checksum.hex).bitmap".utf8))
    }
  }

  /// The index there is, if it is sound and its packs are all there.
  private static func existing(
    _ writer: MultiPackIndexWriter, _ names: Set<[UInt8]>
  ) -> MultiPackIndex? {
    guard let map = try? writer.files.map(writer.path),
      let index = try? MultiPackIndex(map, algorithm: writer.algorithm)
    else { return nil }
    guard index.isChecksumValid else {
      writer.warn("ignoring existing multi-pack-index; checksum mismatch")
      return nil
    }
    let packs = index.packNames.filter { !writer.options.dropped.contains($0) }
    return packs.allSatisfy { names.contains(PackNames.pack(ofIndex: $0)) } ? index : nil
  }

  private func seconds(_ name: [UInt8]) throws(PandoError) -> Int64? {
    let path = directory.appending(bytes: PackNames.pack(ofIndex: name))
    do {
      return try files.status(of: path, followingLinks: true)?.modificationSeconds
    } catch {
      throw .refused("pack \(path)", error)
    }
  }

  private static func open(
    _ path: FilePath, _ files: any FileSystem, _ algorithm: HashAlgorithm
  ) throws(PandoError) -> PackIndex {
    let map: MappedFile?
    do throws(FileError) { map = try files.map(path) } catch {
      throw .refused("pack index \(path)", error)
    }
    guard let map else { throw PandoError(.notFound, "pack index \(path) is missing") }
    do { return try PackIndex(map, algorithm: algorithm) } catch {
      throw .corrupt("pack index \(path)", error)
    }
  }

  /// The pack's own index, opened when it was not needed before.
  func index(of pack: Int) throws(PandoError) -> PackIndex {
    if let index = all[pack].index { return index }
    let index = try Self.open(directory.appending(bytes: all[pack].name), files, algorithm)
    all[pack].index = index
    return index
  }

  /// The oldest pack that has objects, the first of several.
  func oldest() throws(PandoError) -> Int? {
    var oldest: Int?
    for (number, pack) in all.enumerated() where try index(of: number).count > 0 {
      if let known = oldest, all[known].seconds <= pack.seconds { continue }
      oldest = number
    }
    return oldest
  }
}
