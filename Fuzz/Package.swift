// swift-tools-version: 6.2
import PackageDescription

// libFuzzer over the targets of PandoTestKit. Built by Scripts/fuzz, which passes -sanitize=fuzzer; the
// fuzzer brings its own main.
let package = Package(
  name: "Fuzz",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "pando", path: "..")],
  targets: [
    .executableTarget(
      name: "PandoFuzz",
      dependencies: [.product(name: "PandoTestKit", package: "pando")])
  ],
  swiftLanguageModes: [.v6]
)
