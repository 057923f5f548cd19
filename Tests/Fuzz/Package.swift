// swift-tools-version: 6.2
import PackageDescription

/// The compiler reports coverage to guards, libFuzzer reads counters: the target `Coverage` is what stands between.
let coverage: [LinkerSetting] = [
    .unsafeFlags([
        "-Xlinker", "--wrap=__sanitizer_cov_trace_pc_guard", "-Xlinker", "--wrap=__sanitizer_cov_trace_pc_guard_init",
    ])
]

func fuzzer(_ name: String, _ modules: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: modules + ["Harness"], linkerSettings: coverage)
}

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "tutti", path: "../.."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "Coverage"),
        .target(name: "Harness", dependencies: ["Coverage"]),
        fuzzer("FuzzCompose", [.product(name: "ComposeSpec", package: "tutti")]),
        fuzzer("FuzzDockerfile", [.product(name: "Dockerfile", package: "tutti")]),
        fuzzer("FuzzVariables", [.product(name: "ComposeSpec", package: "tutti")]),
        fuzzer(
            "FuzzRegistry",
            [.product(name: "Images", package: "tutti"), .product(name: "SystemPackage", package: "swift-system")]
        ),
    ]
)
