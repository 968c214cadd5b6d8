import Pando
import PandoTestKit
import Testing

@Suite struct ContentsTests {
  private func parse<Value: Contents>(_ bytes: [UInt8], as _: Value.Type = Value.self) throws
    -> Value
  {
    try Value(parsing: bytes.span)
  }

  @Test func `JSON has sorted keys, plain slashes and a line end`() throws {
    let note = Note("a/b \u{1F343}", stars: 3)
    #expect(
      String(decoding: try note.serialized, as: UTF8.self)
        == "{\"stars\":3,\"text\":\"a/b \u{1F343}\"}\n")
    #expect(try parse(note.serialized) == note)
    let wrapped = JSON(["b": [1, 2], "a": []])
    #expect(String(decoding: try wrapped.serialized, as: UTF8.self) == "{\"a\":[],\"b\":[1,2]}\n")
    #expect(try parse(wrapped.serialized) == wrapped)
  }

  @Test func `text that was damaged is refused and never traps`() throws {
    let bytes = try Note("buy milk", stars: 12).serialized
    Damage.truncations(of: Array(bytes.dropLast())) { damaged in
      #expect(throws: (any Error).self) { try parse(damaged, as: Note.self) }
    }
    Damage.bitFlips(of: bytes, rounds: 300) { damaged in
      _ = try? parse(damaged, as: Note.self)
      _ = try? parse(damaged, as: String.self)
    }
    #expect(throws: (any Error).self) { try parse([0x61, 0xC3], as: String.self) }
    #expect(try parse([]) == "")
  }

  @Test func `bytes are any bytes`() throws {
    let bytes = (0...255).map { UInt8($0) }
    #expect(try parse(bytes) == bytes)
    #expect(try bytes.serialized == bytes)
  }
}
