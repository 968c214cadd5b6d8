import Foundation
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
