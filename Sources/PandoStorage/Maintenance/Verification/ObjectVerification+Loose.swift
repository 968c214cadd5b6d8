internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

extension ObjectVerification {
  /// Looks at every file of loose objects in a place.
  mutating func checkLooseObjects(_ place: LooseObjects) throws(PandoError) {
    if options.tellsSteps { tell(.step("Checking object directory")) }
    progress?.begin("Checking object directories", total: 256)
    let inspection = ObjectInspection(
      states, checker: checker, wishes: wishes, done: 0, progress: nil)
    var files: [(id: ObjectID, kind: ObjectKind?, path: FilePath)] = []
    // In the order of the files, whoever tells it.
    var told: [(file: Int, event: VerificationEvent)] = []
    for first in UInt8.min...UInt8.max {
      let directory = place.directory / LooseObjects.fanout(first)
      for entry in try list(directory) {
        let path = directory.appending(bytes: entry.nameBytes)
        let digits = Array(LooseObjects.fanout(first).utf8) + entry.nameBytes
        guard digits.count == database.hashAlgorithm.hexCount,
          let id = ObjectID(hexBytes: digits.span)
        else {
          if !entry.nameBytes.starts(with: "tmp_obj_".utf8) {
            told.append((files.count, .notice("bad sha1 file: \(shown(path))")))
          }
          continue
        }
        let (object, problems) = readLoose(id, path)
        for problem in problems { told.append((files.count, .problem(.objects, problem))) }
        if let object { inspection.inspect(id, object.kind, object.body.span) }
        files.append((id, object?.kind, path))
      }
      progress?.update(Int(first) + 1)
    }
    progress?.end()
    let outcome = inspection.conclude()
    (states, checker) = (outcome.states, outcome.checker)
    let numbers = Dictionary(files.enumerated().map { ($1.id, $0) }) { first, _ in first }
    for account in outcome.accounts {
      guard let number = numbers[account.id] else { continue }
      told += account.events.map { (number, $0) }
      guard account.isRejected else { continue }
      let path = shown(files[number].path)
      told.append(
        (number, .problem(.objects, "\(account.id): object could not be parsed: \(path)")))
      files[number].kind = nil
    }
    // Stable: what is told of one file keeps its order.
    let order = told.indices.sorted { (told[$0].file, $0) < (told[$1].file, $1) }
    for index in order { tell(told[index].event) }
    for file in files {
      if let kind = file.kind { states.notePresent(states.number(of: file.id), kind) }
    }
  }

  private func list(_ directory: FilePath) throws(PandoError) -> [DirectoryEntry] {
    do { return try database.files.list(directory) ?? [] } catch {
      if error.isNotDirectory { return [] }
      throw .refused("directory \(directory)", error)
    }
  }

  /// Reads a loose object and compares it with its name; nil with Git's words when something is
  /// wrong.
  private func readLoose(
    _ id: ObjectID, _ path: FilePath
  ) -> (object: RawObject?, problems: [String]) {
    let corrupt = "\(id): object corrupt or missing: \(shown(path))"
    let bytes: [UInt8]
    do {
      bytes = try database.files.contents(of: path, limit: Limits.objectBytes) ?? []
    } catch {
      return (nil, ["unable to mmap \(shown(path)): \(error.reason)", corrupt])
    }
    guard !bytes.isEmpty else {
      let empty = "object file \(shown(path)) is empty"
      let lost = "unable to mmap \(shown(path)): No such file or directory"
      return (nil, [empty, lost, corrupt])
    }
    var inflater = Inflater()
    let object: RawObject
    do throws(ParseError) {
      object = try LooseObjectCoding.decode(bytes.span, &inflater)
    } catch {
      let isHeader = (try? LooseObjectCoding.decodeHeader(bytes.span, &inflater)) == nil
      let part = isHeader ? "header" : "contents"
      return (nil, ["unable to unpack \(part) of \(shown(path))", corrupt])
    }
    do throws(PandoError) {
      let real = try object.id(database.hashAlgorithm)
      if real == id { return (object, []) }
      return (nil, ["\(real): hash-path mismatch, found at: \(shown(path))"])
    } catch {
      return (nil, ["\(error)", corrupt])
    }
  }
}
