// swift-tools-version: 6.2
import PackageDescription

// Not built: resolving this manifest makes SwiftPM clone real repositories, which the interop tests
// then read object by object beside git.
let package = Package(
  name: "RealRepositories",
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
  ],
  targets: [.target(name: "RealRepositories")]
)
