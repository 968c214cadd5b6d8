import PandoBytes
import PandoFiles
import PandoObjects
import PandoStorage
import PandoStore
import PandoTestKit
import Testing

@Suite("Who signs")
struct IdentityTests {
  /// Variables and settings, without the names that the oracle sets.
  struct Case: Sendable, CustomStringConvertible {
    var variables: [String: String] = [:]
    var settings: [String: String] = [:]
    var description: String {
      "\(variables.sorted { $0.key < $1.key }) \(settings.sorted { $0.key < $1.key })"
    }
  }

  static let cases: [Case] =
    [
      Case(settings: ["user.name": "N", "user.email": "e@x"]),
      Case(settings: [
        "user.name": "N", "user.email": "e@x", "author.name": "A", "committer.email": "c@x",
      ]),
      Case(variables: ["GIT_AUTHOR_NAME": "V"], settings: ["user.name": "N", "user.email": "e@x"]),
      Case(variables: ["GIT_AUTHOR_NAME": ""], settings: ["user.name": "N", "user.email": "e@x"]),
      Case(variables: ["GIT_AUTHOR_EMAIL": ""], settings: ["user.name": "N", "user.email": "e@x"]),
      Case(variables: ["EMAIL": "q@q"], settings: ["user.name": "N"]),
      Case(settings: ["user.name": ".,", "user.email": "e@x"]),
      Case(settings: ["user.useConfigOnly": "true"]),
      Case(settings: ["user.useConfigOnly": "true", "user.email": "e@x"]),
      Case(settings: ["user.name": "  <odd> \"N\", ", "user.email": " <e> "]),
    ]
    + [
      "1112911993 -0700", "@0 +0000", "2005-04-07T22:13:13", "2005-04-07",
      "Thu, 7 Apr 2005 22:13:13 +0200", "junk", "@1112911993 +0530",
    ]
    .map {
      Case(variables: ["GIT_AUTHOR_DATE": $0], settings: ["user.name": "N", "user.email": "e@x"])
    }

  @Test("identities are git's, and so are the complaints", arguments: cases, Identity.Role.allCases)
  func asGit(test: Case, role: Identity.Role) throws {
    let directory = try TemporaryDirectory()
    var variables = GitOracle.scrubbed.filter {
      !$0.key.hasPrefix("GIT_AUTHOR") && !$0.key.hasPrefix("GIT_COMMITTER")
    }
    variables["GIT_\(role.rawValue.uppercased())_DATE"] = "1112911993 -0700"
    variables.merge(test.variables) { $1 }
    let settings = test.settings.sorted { $0.key < $1.key }
    let theirs = try ChildProcess.run(
      "git",
      settings.flatMap { ["-c", "\($0.key)=\($0.value)"] } + [
        "var", "GIT_\(role.rawValue.uppercased())_IDENT",
      ],
      in: directory.path, environment: variables)
    let environment = ProcessEnvironment(
      variables: variables, currentDirectory: FilePath(directory.path), hostName: "host")
    let configuration = Configuration(
      settings.compactMap { key, value in
        ConfigName(key).map { .init(name: $0, value: .init(value), scope: .command) }
      })
    let identity = Identity(
      configuration: configuration, environment: environment, clock: TestClock())
    do throws(PandoError) {
      let signature = try identity.signature(role)
      #expect(String(decoding: signature.bytes, as: UTF8.self) == theirs.line, "\(theirs.errors)")
    } catch {
      let advice = Identity.isUnknown(error) ? Identity.advice(for: role) : ""
      #expect(theirs.errors == "\(advice)fatal: \(error.message)\n")
    }
  }
}
