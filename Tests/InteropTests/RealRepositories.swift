import Foundation
import PandoBytes
import PandoCLI
import PandoFiles
import PandoTestKit
import Testing

/// Bare repositories that other programs made, with packs of real history: SwiftPM's clones, as the
/// gate resolves them, and any folder that `PANDO_REPOSITORIES` names.
struct RealRepository: Sendable, CustomTestStringConvertible {
  let path: String

  var testDescription: String { URL(fileURLWithPath: path).lastPathComponent }

  static let folder = ProcessInfo.processInfo.environment["PANDO_REPOSITORIES"]

  /// All of them, in name order; empty without the variable.
  static let all: [RealRepository] = {
    guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    return names.sorted().map { RealRepository(path: folder + "/" + $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path + "/HEAD") }
  }()
}

extension RealRepository {
  /// Runs `pando` there and expects what git gave.
  func expectSame(_ words: [String], input: [UInt8] = [], as wanted: GitOracle.Output) {
    let output = MemoryOutput()
    let errors = MemoryOutput()
    let context = CommandContext(
      input: MemoryInput(input), output: output, errors: errors,
      environment: ProcessEnvironment(
        variables: GitOracle.scrubbed, currentDirectory: FilePath(path)),
      fileSystem: LocalFileSystem(), clock: SystemClock())
    let status = CommandRunner.run(words.map { ByteString($0) }, in: context)
    #expect(status.code == wanted.status, "\(words): \(errors.string) \(wanted.errors)")
    // Comparing first: printing two outputs of megabytes helps nobody.
    let isSame = output.bytes == wanted.bytes
    #expect(isSame, "\(words): \(Self.firstDifference(output.bytes, wanted.bytes))")
  }

  private static func firstDifference(_ got: [UInt8], _ wanted: [UInt8]) -> String {
    let place =
      zip(got, wanted).enumerated().first { $1.0 != $1.1 }?.offset
      ?? min(got.count, wanted.count)
    func excerpt(_ bytes: [UInt8]) -> String {
      String(decoding: bytes.dropFirst(max(0, place - 60)).prefix(120), as: UTF8.self)
    }
    return "differs at \(place) of \(wanted.count): got «\(excerpt(got))», git «\(excerpt(wanted))»"
  }
}
