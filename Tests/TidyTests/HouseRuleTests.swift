import Foundation
import Testing

/// The house rules that a machine can hold, read off the sources themselves.
@Suite("House rules")
struct HouseRuleTests {
  struct Source: Sendable, CustomTestStringConvertible {
    let path: String
    let lines: [String]
    var testDescription: String { path }
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
  }

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func sources(in folder: String) -> [Source] {
    let base = root.appendingPathComponent(folder)
    let walk = FileManager.default.enumerator(atPath: base.path)
    return (walk?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }
      .sorted()
      .compactMap { name in
        guard let text = try? String(contentsOf: base.appendingPathComponent(name), encoding: .utf8)
        else { return nil }
        return Source(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
      }
  }

  static let library = sources(in: "Sources")

  @Test("there are sources to judge")
  func sourcesExist() {
    #expect(Self.library.count > 50)
  }

  @Test("files stop at 800 lines, lines at 100 columns", arguments: library)
  func size(_ source: Source) {
    #expect(source.lines.count <= 800, "\(source.path)")
    for (number, line) in source.lines.enumerated() where line.count > 100 {
      Issue.record("\(source.path):\(number + 1) is \(line.count) columns wide")
    }
  }

  @Test("functions stop at 70 lines", arguments: library)
  func functions(_ source: Source) {
    var open: (start: Int, indent: Int)?
    for (number, line) in source.lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let text = line.dropFirst(indent)
      if open == nil, text.contains("func ") || text.contains("init("), line.hasSuffix("{") {
        open = (number, indent)
      } else if let current = open, text == "}", indent == current.indent {
        let length = number - current.start + 1
        #expect(length <= 70, "\(source.path):\(current.start + 1) has \(length) lines")
        open = nil
      }
    }
  }

  @Test("nothing is forced, left undone or unchecked", arguments: library)
  func banned(_ source: Source) {
    let words = ["try" + "!", " as" + "!", "TO" + "DO", "FIX" + "ME", "nonisolated(" + "unsafe)"]
    for (number, line) in source.lines.enumerated() {
      for word in words where line.contains(word) {
        Issue.record("\(source.path):\(number + 1) has \(word)")
      }
    }
  }

  @Test("unsafe code stays in the two bottom modules", arguments: library)
  func unsafe(_ source: Source) {
    guard !["PandoBytes", "PandoFiles"].contains(source.module) else { return }
    for (number, line) in source.lines.enumerated() {
      let code = line.split(separator: "//", omittingEmptySubsequences: false).first ?? ""
      if code.contains("unsafe ") || code.contains("@unchecked Sendable") {
        Issue.record("\(source.path):\(number + 1) is unsafe")
      }
    }
  }

  @Test("the C library is behind one door, Foundation above the core", arguments: library)
  func imports(_ source: Source) {
    // PandoBytes calls memchr, memcmp and memcpy, which touch nothing but their arguments.
    let mayImportC = ["PandoFiles", "PandoBytes"].contains(source.module)
    let mayImportFoundation = ["Pando", "PandoTestKit"].contains(source.module)
    for line in source.lines where line.contains("import ") {
      let word = line.split(separator: " ").last ?? ""
      if !mayImportC, ["Glibc", "Musl", "Darwin"].contains(word) {
        Issue.record("\(source.path) imports \(word)")
      }
      if !mayImportFoundation, word.hasPrefix("Foundation") {
        Issue.record("\(source.path) imports \(word)")
      }
    }
  }

  @Test("a public declaration has a sentence", arguments: library)
  func documented(_ source: Source) {
    // What a protocol of the standard library explains needs no second explanation.
    let known = [
      "description", "static func <", "static func ==", "hash(into", "startIndex", "endIndex",
      "stringLiteral", "makeIterator", "next()", "errorDescription",
    ]
    for (number, line) in source.lines.enumerated() {
      let text = line.drop { $0 == " " }
      guard text.hasPrefix("public "), !text.hasPrefix("public import"),
        !text.hasPrefix("public extension"), !known.contains(where: { text.contains($0) })
      else { continue }
      var above = number - 1
      while above >= 0, source.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
      let comment = above >= 0 ? source.lines[above].drop { $0 == " " } : ""
      let isConformance = source.conforms(at: number)
      if !comment.hasPrefix("///"), !isConformance {
        Issue.record("\(source.path):\(number + 1) is public without a sentence: \(text)")
      }
    }
  }
}

extension HouseRuleTests.Source {
  /// Whether the declaration stands in a type or extension that conforms to a protocol of ours,
  /// where
  /// the protocol's own sentence holds.
  func conforms(at number: Int) -> Bool {
    let indent = lines[number].prefix { $0 == " " }.count
    for line in lines[..<number].reversed() {
      let outer = line.prefix { $0 == " " }.count
      guard outer < indent, !line.isEmpty else { continue }
      let text = String(line)
      guard
        text.contains("struct ") || text.contains("class ") || text.contains("extension ")
          || text.contains("enum ")
      else { continue }
      return text.contains(": ")
    }
    return false
  }
}
