internal import PandoBytes
internal import PandoFiles
internal import PandoObjects

extension LooseObjects {
  /// A larger file is inflated while it is read, so that only the object is in memory whole.
  static let wholeBytesMax = 1 << 20
  /// The bytes of such a file that are read at once.
  private static let pieceBytes = 128 << 10

  /// Reads the object in a file, piece by piece.
  func inflateLarge(_ file: any ReadableFile, _ path: FilePath) throws(PandoError) -> RawObject {
    var input = FilePieces(file: file)
    var failure: FileError?
    do throws(PandoError) {
      return try parse(path) { (inflater) throws(ParseError) in
        inflater.restart()
        var isAtEnd = false
        let start = try [UInt8](capacity: LooseObjectCoding.headerBytesMax) {
          (output) throws(ParseError) in
          while !isAtEnd, output.freeCapacity > 0 {
            let step = try input.step(&inflater, &output, &failure)
            isAtEnd = step.step.isAtEnd
            if !step.hasMore { break }
          }
        }
        let (header, length) = try LooseObjectCoding.parseHeader(start.span)
        var body = Array(start[length...])
        let rest = header.size - body.count
        guard rest >= 0, rest == 0 || !isAtEnd else {
          throw ParseError("loose object", "has another size than its header says", at: 0)
        }
        if !isAtEnd {
          _ = try inflater.finish(size: rest, limit: Limits.objectBytes, appendingTo: &body) {
            (inflater, output) throws(ParseError) in
            try input.step(&inflater, &output, &failure)
          }
        }
        guard !input.hasMore else {
          throw ParseError("loose object", "has bytes behind its end", at: input.position)
        }
        return RawObject(kind: header.kind, body: body)
      }
    } catch {
      if let failure { throw .refused("loose object \(path)", failure) }
      throw error
    }
  }

  /// A file that is read from start to end.
  private struct FilePieces {
    let file: any ReadableFile
    private var piece: [UInt8] = []
    private var used = 0
    private var end = 0

    init(file: any ReadableFile) { self.file = file }

    /// How much of the file was used.
    var position: Int { end - piece.count + used }
    var hasMore: Bool { position < file.size }

    /// One step of the decoder with what comes next.
    mutating func step(
      _ inflater: inout Inflater, _ output: inout OutputSpan<UInt8>, _ failure: inout FileError?
    ) throws(ParseError) -> (step: Inflater.Step, hasMore: Bool) {
      if used == piece.count, end < file.size {
        do throws(FileError) {
          piece = try file.read(at: end, count: LooseObjects.pieceBytes)
          end += piece.count
          used = 0
        } catch {
          failure = error
        }
      }
      let step = try inflater.step(piece.span.extracting(used..<piece.count), into: &output)
      used += step.consumed
      return (step, failure == nil && !piece.isEmpty && hasMore)
    }
  }
}
