// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "vxhop",
  products: [.executable(name: "vxhop", targets: ["vxhop"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibpcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(
      name: "CLibnl", pkgConfig: "libnl-route-3.0", providers: [.apt(["libnl-route-3-dev"])]),
    .systemLibrary(name: "CLinux"),

    // The packet's way: bytes → headers → observations → trajectories → findings → report.
    .target(name: "Captures", dependencies: ["CLinux", "CLZ4", "CZlib", "CZstd"]),
    .target(name: "Packets"),
    .target(name: "Filters", dependencies: ["CLibpcap"]),
    .target(
      name: "LiveCapture", dependencies: ["CLibpcap", "CLinux", "Captures", "Filters", "Packets"]),
    .target(name: "Topology", dependencies: ["Packets"]),
    .target(name: "Netlink", dependencies: ["CLibnl", "CLinux", "Packets", "Topology"]),
    .target(
      name: "Trajectories", dependencies: ["CLinux", "Captures", "Filters", "Packets", "Topology"]),
    .target(name: "Findings", dependencies: ["Packets", "Topology", "Trajectories"]),
    .target(name: "Decapsulation", dependencies: ["Captures", "Filters", "Packets", "Topology"]),
    .target(
      name: "Reports",
      dependencies: [
        "CLinux", "Captures", "Findings", "Packets", "Topology", "Trajectories",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      resources: [.embedInCode("HTML/report.css"), .embedInCode("HTML/report.js")]
    ),
    .executableTarget(
      name: "vxhop",
      dependencies: [
        "CLinux", "Captures", "Decapsulation", "Filters", "Findings", "LiveCapture", "Netlink",
        "Packets", "Reports", "Topology", "Trajectories",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),

    // Reads captures made of anything: with a fuzzer built in by `make fuzz`, else the files it is given.
    .executableTarget(
      name: "fuzz-captures",
      dependencies: [
        "Captures", "Decapsulation", "Packets", "Topology", "Trajectories",
      ],
      path: "Tests/Fuzzing"
    ),

    // Parts of the tracing alone, for `make bench`.
    .executableTarget(
      name: "measure-stages",
      dependencies: ["Captures", "Packets", "Topology", "Trajectories"],
      path: "Benchmarks/stages"
    ),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(
      name: "Scoring",
      dependencies: ["Captures", "Topology", "Trajectories"],
      path: "Tests/Scoring"
    ),
    .testTarget(name: "PacketsTests", dependencies: ["Packets", "TestSupport"]),
    .testTarget(name: "CapturesTests", dependencies: ["Captures", "TestSupport"]),
    .testTarget(
      name: "DecapsulationTests",
      dependencies: [
        "Captures", "Decapsulation", "Filters", "Packets", "TestSupport", "Topology", "vxhop",
      ]
    ),
    .testTarget(name: "FiltersTests", dependencies: ["Filters", "TestSupport"]),
    .testTarget(name: "TopologyTests", dependencies: ["Packets", "Topology", "TestSupport"]),
    .testTarget(name: "NetlinkTests", dependencies: ["Netlink", "TestSupport", "Topology"]),
    .testTarget(
      name: "TrajectoriesTests",
      dependencies: ["Captures", "Packets", "Scoring", "TestSupport", "Topology", "Trajectories"]
    ),
    .testTarget(
      name: "FindingsTests", dependencies: ["Findings", "Packets", "Topology", "Trajectories"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Findings", "Packets", "Reports", "TestSupport", "Topology", "Trajectories", "vxhop",
      ]
    ),
    .testTarget(
      name: "LabTests",
      dependencies: ["Netlink", "Packets", "Scoring", "TestSupport", "Topology", "vxhop"]
    ),
    .testTarget(
      name: "GoldenTests", dependencies: ["TestSupport", "vxhop"], exclude: ["Cases"]
    ),
  ]
)

// Every target is held to the same language rules; only the tests may use memory without saying so.
for target in package.targets where target.type != .system {
  var settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
  if target.type != .test && target.name != "TestSupport" {
    settings.append(.strictMemorySafety())
  }
  // The types of collections are asked for by symbol. By name, as is usual, the runtime searches all conformances
  // of the program for each: a start took 6 million instructions more.
  settings.append(
    .unsafeFlags(["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"]))
  target.swiftSettings = settings
}
