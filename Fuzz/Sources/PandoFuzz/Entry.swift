import Glibc
import PandoTestKit

private typealias OneInput = @convention(c) (UnsafePointer<UInt8>, Int) -> Int32

/// libFuzzer's own loop, which its runtime library exports for programs that bring their own main.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ oneInput: OneInput
) -> Int32

/// The parser under attack, named by the environment because libFuzzer owns the command line.
private let target = getenv("PANDO_FUZZ_TARGET").flatMap {
  FuzzTarget(rawValue: String(cString: $0))
}

/// SwiftPM's name for this program's main. Without a target it lists them.
@_cdecl("PandoFuzz_main")
public func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  guard target != nil else {
    for target in FuzzTarget.allCases { print(target.rawValue) }
    return 0
  }
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments) { start, count in
    target?.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
}

/// What libFuzzer's own main would call; its archive wants the symbol.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  target?.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
