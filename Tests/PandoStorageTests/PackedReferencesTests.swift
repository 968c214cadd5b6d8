import PandoBytes
import PandoObjects
import PandoTestKit
import Testing

@testable import PandoStorage

@Suite("The packed-refs file")
struct PackedReferencesTests {
  private func id(_ number: Int) throws -> ObjectID {
    let digits = String(number, radix: 16)
    return try ReferenceFixture.id(String(repeating: "0", count: 40 - digits.count) + digits)
  }

  private func file(_ names: [String], header: String = "", peeled: Set<String> = []) throws
    -> [UInt8]
  {
    var text = header
    for (index, name) in names.enumerated() {
      text += "\(try id(index + 1)) \(name)\n"
      if peeled.contains(name) { text += "^\(try id(index + 1000))\n" }
    }
    return Array(text.utf8)
  }

  @Test("every name is found by binary search, and none that is not there", arguments: 0..<12)
  func finds(count: Int) throws {
    let names = (0..<count).map { "refs/heads/\(String(UnicodeScalar(UInt8(97 + $0))))" }
    let peeled = Set(names.enumerated().filter { $0.offset % 3 == 1 }.map(\.element))
    let bytes = try file(
      names, header: "# pack-refs with: peeled fully-peeled sorted \n", peeled: peeled)
    let packed = try PackedReferences(parsing: bytes, algorithm: .sha1)
    for (index, name) in names.enumerated() {
      let record = try #require(try packed.find(ReferenceName(known: name)))
      #expect(try record.id == id(index + 1))
      #expect(try record.peeled == (peeled.contains(name) ? id(index + 1000) : nil))
      #expect(try packed.find(ReferenceName(known: name + "x")) == nil)
    }
    #expect(try packed.find(ReferenceName(known: "refs/a")) == nil)
    #expect(try packed.find(ReferenceName(known: "refs/z")) == nil)
  }

  @Test("a file that is not sorted is put in order on loading")
  func unsorted() throws {
    let names = ["refs/z", "refs/b", "refs/m/x", "refs/m-x", "refs/a"]
    let packed = try PackedReferences(
      parsing: file(names, header: "# pack-refs with: peeled \n", peeled: ["refs/b"]),
      algorithm: .sha1)
    for (index, name) in names.enumerated() {
      #expect(try packed.find(ReferenceName(known: name))?.id == id(index + 1))
    }
    #expect(packed.peeling == .tags)
    #expect(try packed.contains(prefix: Array("refs/m/".utf8)) == "refs/m/x")
    #expect(try packed.contains(prefix: Array("refs/n".utf8)) == nil)
  }

  @Test("removing keeps every other line and what the header promised")
  func removes() throws {
    let header = "# pack-refs with: peeled fully-peeled sorted \n"
    let bytes = try file(
      ["refs/a", "refs/b", "refs/c"], header: header, peeled: ["refs/b", "refs/c"])
    let packed = try PackedReferences(parsing: bytes, algorithm: .sha1)
    let rest = try #require(
      try packed.removing([ReferenceName(known: "refs/b"), ReferenceName(known: "refs/x")]))
    #expect(
      String(decoding: rest, as: UTF8.self) == """
        \(header)\(try id(1)) refs/a
        \(try id(3)) refs/c
        ^\(try id(1002))

        """)
    #expect(try packed.removing([ReferenceName(known: "refs/x")]) == nil)
  }

  @Test("damaged files throw or are read, and never trap")
  func damage() throws {
    let header = "# pack-refs with: peeled fully-peeled sorted \n"
    let names = (0..<6).map { "refs/heads/n\($0)" }
    for header in [header, ""] {
      let bytes = try file(names, header: header, peeled: ["refs/heads/n3", "refs/heads/n5"])
      let probe: ([UInt8]) throws -> Void = { damaged in
        guard let packed = try? PackedReferences(parsing: damaged, algorithm: .sha1) else { return }
        for name in names { _ = try? packed.find(ReferenceName(known: name)) }
        try? packed.forEach(prefix: []) { _ in }
        _ = try? packed.removing([ReferenceName(known: names[2])])
      }
      try Damage.truncations(of: bytes, probe)
      try Damage.bitFlips(of: bytes, probe)
    }
  }
}
