// swift-tools-version: 6.2
import PackageDescription

// Side by side with git and libgit2 (libgit2-dev). Run with Benchmarks/run.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "pando", path: "..")],
  targets: [
    .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .executableTarget(name: "Measure"),
    .executableTarget(
      name: "PandoBench", dependencies: [.product(name: "PandoStore", package: "pando")]),
    .executableTarget(name: "Libgit2Bench", dependencies: ["CLibgit2"]),
  ],
  swiftLanguageModes: [.v6]
)
