// swift-tools-version: 6.2
import PackageDescription

/// The house settings: warnings are errors, unsafe code is marked, imports say who sees them.
let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Library targets also hold strict memory safety; test macros expand to code that cannot.
let library: [SwiftSetting] = house + [.strictMemorySafety()]

/// Only the bottom modules return spans, which still needs this flag.
let bottom: [SwiftSetting] = library + [.enableExperimentalFeature("Lifetimes")]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = library
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let package = Package(
  name: "pando",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "Pando", targets: ["Pando"]),
    .library(name: "PandoStore", targets: ["PandoStore"]),
    .library(name: "PandoStorage", targets: ["PandoStorage", "PandoObjects", "PandoMerge"]),
    .library(name: "PandoTestKit", targets: ["PandoTestKit"]),
    .executable(name: "pando", targets: ["PandoTool"]),
  ],
  traits: [
    .trait(
      name: "LibDeflate",
      description: "Buffers that are whole are inflated and deflated by libdeflate, not by zlib.")
  ],
  targets: [
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // Hashing unoptimised would make a debug build, and every test, many times slower.
    .target(name: "CPandoKernels", cSettings: [.unsafeFlags(["-O2"])]),
    module(
      "PandoBytes",
      [
        "CZlib", "CPandoKernels",
        .target(name: "CDeflate", condition: .when(traits: ["LibDeflate"])),
      ], settings: bottom),
    module("PandoFiles", settings: bottom),
    module("PandoObjects", ["PandoBytes"]),
    module("PandoMerge", ["PandoBytes", "PandoObjects"]),
    module("PandoStorage", ["PandoBytes", "PandoFiles", "PandoObjects"]),
    module(
      "PandoStore", ["PandoBytes", "PandoFiles", "PandoObjects", "PandoMerge", "PandoStorage"]),
    module("Pando", ["PandoBytes", "PandoStore", "PandoObjects", "PandoMerge"]),
    module(
      "PandoCLI",
      ["PandoBytes", "PandoFiles", "PandoObjects", "PandoMerge", "PandoStorage", "PandoStore"]),
    .executableTarget(
      name: "PandoTool", dependencies: ["PandoCLI"], swiftSettings: library,
      linkerSettings: [.unsafeFlags(["-static-executable"], .when(platforms: [.linux]))]),
    module(
      "PandoTestKit",
      [
        "PandoBytes", "PandoFiles", "PandoObjects", "PandoMerge", "PandoStorage", "PandoStore",
        "PandoCLI",
      ]),

    tests("PandoBytesTests", ["PandoBytes", "CPandoKernels", "PandoTestKit"]),
    tests("PandoFilesTests", ["PandoFiles", "PandoTestKit"]),
    tests("PandoObjectsTests", ["PandoBytes", "PandoObjects", "PandoTestKit"]),
    tests(
      "PandoMergeTests",
      [
        "PandoBytes", "PandoFiles", "PandoObjects", "PandoMerge", "PandoStorage", "PandoStore",
        "PandoTestKit",
      ]),
    tests(
      "PandoStorageTests",
      ["PandoBytes", "PandoFiles", "PandoObjects", "PandoStorage", "PandoTestKit"]),
    tests(
      "PandoTests",
      [
        "Pando", "PandoStore", "PandoBytes", "PandoFiles", "PandoObjects", "PandoMerge",
        "PandoStorage", "PandoTestKit",
      ]),
    tests(
      "PandoCLITests",
      ["PandoCLI", "PandoBytes", "PandoFiles", "PandoObjects", "PandoStorage", "PandoTestKit"]),
    tests(
      "InteropTests",
      [
        "Pando", "PandoCLI", "PandoBytes", "PandoFiles", "PandoObjects", "PandoMerge",
        "PandoStorage", "PandoTestKit",
      ]),
    tests("FuzzTests", ["PandoTestKit"]),
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6]
)
