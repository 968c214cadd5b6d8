import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage

/// Packs that come in.
extension FuzzTarget {
  /// A pack without its trailer; the first byte tells how many entries it claims. Whatever is
  /// accepted must read back as what it was indexed as.
  func receivedPack(_ bytes: [UInt8]) {
    guard let count = bytes.first else { return }
    var pack = Array("PACK".utf8)
    pack.append(bigEndian: UInt32(2))
    pack.append(bigEndian: UInt32(count))
    pack += bytes.dropFirst()
    try? Self.receive(PackSample.closed(pack))
  }

  private static func receive(_ pack: [UInt8]) throws {
    let files = MemoryFileSystem()
    try files.createDirectory("p", permissions: 0o777)
    var options = PackIndexer.Options()
    options.threads = 1
    options.memoryBudget = 64
    options.objectBytesMax = 1 << 20
    let indexer = PackIndexer(.sha1, files: files, options: options)
    let received: ReceivedPack
    do {
      received = try indexer.index(stream: MemoryInput(pack), in: "p")
    } catch {
      let left = try files.list("p") ?? []
      precondition(left.isEmpty, "a refused pack left a file")
      return
    }
    let place = try received.publish(.init())
    let reader = try PackReader(place.path, algorithm: .sha1, files: files)
    do { try reader.index.verify() } catch { preconditionFailure("the index is wrong: \(error)") }
    for position in 0..<reader.index.count {
      guard let object = try reader.read(at: position), let id = try? object.id(.sha1),
        id == reader.index.id(at: position)
      else { preconditionFailure("an object does not read back") }
    }
  }
}
