// swift-tools-version: 6.2
import PackageDescription

let common: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    // A type that is asked for by its name is looked for among all that the program has: thousands of times longer.
    .unsafeFlags(
        ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"],
        .when(configuration: .release)
    ),
]

/// Modules that talk to C: the only ones where unsafe constructs may appear unmarked.
let wrapper: [SwiftSetting] = common

/// Everything else: strict memory safety.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// Loading and moving libraries is most of what a short command costs: as few as can be, and each at its place.
let fewLibraries = [
    "-L", "\(Context.packageDirectory)/Sources/tutti/linking", "-Xlinker", "--as-needed",
    "-Xlinker", "--no-export-dynamic", "-Xclang-linker", "-static-libgcc", "-Xclang-linker", "-no-pie",
]

func module(_ name: String, _ dependencies: [Target.Dependency], wraps: Bool = false) -> Target {
    .target(name: name, dependencies: dependencies + [system], swiftSettings: wraps ? wrapper : safe)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies + ["TestSupport", system], swiftSettings: common)
}

let package = Package(
    name: "tutti",
    products: [
        .executable(name: "tutti", targets: ["tutti"]),
        .executable(name: "tutti-monitor", targets: ["tutti-monitor"]),
        .executable(name: "tutti-init", targets: ["tutti-init"]),
        // what Tests/Fuzz, a package of its own, needs
        .library(name: "ComposeSpec", targets: ["ComposeSpec"]),
        .library(name: "Dockerfile", targets: ["Dockerfile", "OCI"]),
        .library(name: "Images", targets: ["Images", "OCI", "Storage"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
    ],
    targets: [
        // kernel: C, and the Swift that wraps it
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CCurl"),
        .target(name: "CIsal"),
        .target(name: "CUnpack"),
        .target(name: "CSigning"),
        .target(name: "CLinux"),
        .target(name: "CEvents"),
        .target(name: "CNetwork"),
        module("Linux", ["CLinux", "CEvents", "CNetwork", "CSeccomp"], wraps: true),
        module("Hashing", ["CCrypto"], wraps: true),
        module("Gzip", ["CDeflate"], wraps: true),
        module("Compression", ["Gzip", "CIsal", "CZstd", "CUnpack"], wraps: true),
        module("HTTP", ["CCurl"], wraps: true),

        // formats: text and bytes as values
        module("Units", []),
        module("JSON", []),
        module("YAML", ["CYAML"], wraps: true),
        module("OCI", ["JSON"]),
        module("Dockerfile", ["OCI", "JSON", "Units"]),

        module("Signing", ["CSigning", "JSON"], wraps: true),

        // ground: where things live, and what was asked for
        module("Git", ["Storage", "HTTP", "JSON", "Linux"]),
        module("ComposeSpec", ["YAML", "JSON", "Units", "Git", "Hashing", "Linux"]),
        module("NameResolution", ["JSON", "Linux"]),
        module("Supervision", ["JSON", "Linux"]),
        module("Journal", ["JSON", "Linux"]),
        module("Storage", ["Linux", "JSON", "OCI", "Hashing", "Compression"]),

        // resources: one kind of thing each
        module("Images", ["Storage", "OCI", "JSON", "Linux", "HTTP", "Hashing", "Compression", "Gzip"]),
        module("Networks", ["Storage", "Supervision", "NameResolution", "Journal", "JSON", "Linux"]),
        module("Volumes", ["Storage", "Supervision", "Journal", "JSON", "Linux"]),
        module("Containers", ["Storage", "Supervision", "Journal", "OCI", "JSON", "Linux", "Compression"]),

        // work and projects
        module(
            "Builder",
            [
                "Containers", "Images", "Networks", "Dockerfile", "Storage", "OCI", "JSON", "Units", "Linux", "Hashing",
                "Compression", "HTTP", "Git", "Signing",
            ]
        ),
        module(
            "Orchestrator",
            [
                "Builder", "Containers", "Images", "Networks", "Volumes", "ComposeSpec", "Storage", "Supervision",
                "Journal", "OCI", "JSON", "Linux", "Hashing",
            ]
        ),

        // programs
        module(
            "CLI",
            [
                "Orchestrator", "Builder", "Containers", "Images", "Networks", "Volumes", "ComposeSpec", "Git",
                "Dockerfile", "NameResolution", "Storage", "Supervision", "Journal", "OCI", "JSON", "YAML", "Units",
                "Linux", "HTTP", "Hashing", "Compression",
            ]
        ),
        module("Monitor", ["Supervision", "NameResolution", "Journal", "JSON", "Linux", "Gzip"]),
        .executableTarget(
            name: "tutti",
            dependencies: ["CLI"],
            exclude: ["linking"],
            swiftSettings: safe,
            linkerSettings: [.unsafeFlags(fewLibraries, .when(configuration: .release))]
        ),
        .executableTarget(
            name: "tutti-monitor",
            dependencies: ["Monitor"],
            swiftSettings: safe,
            linkerSettings: [.unsafeFlags(["-static-executable"])]
        ),
        .executableTarget(name: "tutti-init", linkerSettings: [.unsafeFlags(["-static-executable"])]),

        .target(
            name: "TestSupport",
            dependencies: ["Linux", system],
            path: "Tests/TestSupport",
            swiftSettings: common
        ),
        tests("Linux", ["Linux"]),
        tests("Units", ["Units"]),
        tests("JSON", ["JSON"]),
        tests("YAML", ["YAML"]),
        tests("OCI", ["OCI", "JSON"]),
        tests("HTTP", ["HTTP"]),
        tests("Signing", ["Signing", "JSON", "Linux"]),
        tests("Dockerfile", ["Dockerfile", "OCI"]),
        tests("ComposeSpec", ["ComposeSpec", "YAML", "JSON"]),
        tests("NameResolution", ["NameResolution", "Linux"]),
        tests("Supervision", ["Supervision", "Linux"]),
        tests("Journal", ["Journal", "JSON", "Linux"]),
        tests("Storage", ["Storage", "OCI", "Linux", "Hashing", "Compression", "Gzip"]),
        tests("Images", ["Images", "Storage", "OCI", "JSON", "Linux", "Hashing", "Compression"]),
        tests("Networks", ["Networks", "Supervision", "NameResolution", "Storage", "Linux"]),
        tests("Volumes", ["Volumes", "Storage", "Supervision", "Linux"]),
        tests("Containers", ["Containers", "Supervision", "Storage", "OCI", "Linux"]),
        tests("Builder", ["Builder", "Git", "HTTP", "Images", "Storage", "Dockerfile", "OCI", "Linux"]),
        tests(
            "Orchestrator",
            ["Orchestrator", "ComposeSpec", "Containers", "Networks", "Images", "Storage", "Volumes", "OCI", "Linux"]
        ),
        tests("CLI", ["CLI", "Builder", "Dockerfile", "Containers", "JSON", "Linux", "Orchestrator"]),
        tests("Monitor", ["Monitor", "Supervision", "NameResolution", "JSON", "Linux", "Compression"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport"],
            path: "Tests/EndToEnd",
            exclude: ["Scenarios"],
            swiftSettings: common
        ),
    ]
)
