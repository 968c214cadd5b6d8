import Pando
import PandoFiles
import PandoStorage
import PandoTestKit
import Testing

/// `git fsck` beside a verification of repositories that other programs made.
@Suite struct RealVerificationTests {
  @Test(
    "real repositories are found as sound as git finds them", arguments: RealRepository.all)
  func soundness(_ real: RealRepository) throws {
    let git = GitOracle(in: real.path)
    let wanted = try git.run(["fsck", "--no-progress"])
    let repository = try Repository.open(at: FilePath(real.path), in: LocalFileSystem())
    var dangling: [String] = []
    var findings: [String] = []
    var verification = try Verification(repository) { event in
      switch event {
      case .dangling(let object): dangling.append("dangling \(object.kindName) \(object)")
      case .object(let finding): findings.append(finding.description)
      default: break
      }
    }
    let damage = try verification.run()
    #expect(damage.rawValue == wanted.status)
    #expect(dangling.sorted() == wanted.lines.sorted())
    let told = wanted.errors.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("error in ") || $0.hasPrefix("warning in ") }
    #expect(findings.sorted() == told.sorted())
  }
}
