// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Strict from the first commit.
///
/// Warnings are errors where `LPR_STRICT` is set (CI), so that a newer compiler's new warning never
/// stops a build that is only meant to run the server.
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    + (ProcessInfo.processInfo.environment["LPR_STRICT"] == nil
        ? [] : [.unsafeFlags(["-warnings-as-errors"])])

/// Instruments the decoders for libFuzzer and adds its program (script/fuzz): only where `LPR_FUZZ` is
/// set, because everything is built differently then.
let fuzzes = ProcessInfo.processInfo.environment["LPR_FUZZ"] != nil
let instrumented: [SwiftSetting] =
    strict + (fuzzes ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

let package = Package(
    name: "lprserver",
    products: [.executable(name: "lprserver", targets: ["lprserver"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        .target(name: "CMicrohttpd", linkerSettings: [.linkedLibrary("microhttpd")]),
        .target(name: "CDisk"),
        .target(name: "CBase64"),
        .target(name: "CSQLiteTuning", linkerSettings: [.linkedLibrary("sqlite3")]),
        .systemLibrary(name: "CWslay", providers: [.apt(["libwslay-dev"])]),
        // What is said to the operating system and the terminal, for all targets.
        .target(name: "Platform", dependencies: ["CDisk"], swiftSettings: instrumented),
        .target(
            name: "Core",
            dependencies: [
                "CDisk", "CSQLiteTuning", "Platform",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Store/README.md"],
            swiftSettings: instrumented
        ),
        .target(
            name: "SiteGen",
            dependencies: [
                "CDisk", "Core", "Platform",
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Ingest",
            dependencies: [
                "Core", "CBase64", "CMicrohttpd", "CWslay", "Platform",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: instrumented
        ),
        // HTTP/1.1 over TCP and Unix sockets, for the commands that are clients.
        .target(name: "HTTPClient", dependencies: ["Core", "Platform"], swiftSettings: strict),
        // `lprserver camera` and `lprserver demo`: clients, for tests in the field.
        .target(
            name: "CameraSimulator",
            dependencies: [
                "Core", "HTTPClient", "Ingest", "Platform",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "lprserver",
            dependencies: [
                "CameraSimulator", "Core", "HTTPClient", "SiteGen", "Ingest", "Platform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        // Random numbers that a seed repeats, for all tests of properties.
        .target(name: "Seeded", path: "Tests/Seeded", swiftSettings: strict),
        .testTarget(
            name: "CoreTests",
            dependencies: [
                "Core", "Seeded",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Databases"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SiteGenTests",
            dependencies: ["SiteGen", "Core", "Seeded"],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "Ingest", "Core", "Seeded", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CameraSimulatorTests",
            dependencies: [
                "CameraSimulator", "Core", "HTTPClient", "Ingest",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LprserverTests",
            dependencies: ["lprserver", "Core", "Ingest", "SiteGen"],
            swiftSettings: strict
        ),
        // What the public suites of the gateway's protocols speak to; not part of the product.
        .executableTarget(
            name: "gateway-echo",
            dependencies: [
                "Core", "Ingest",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/EchoServer",
            swiftSettings: strict
        ),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)

if fuzzes {
    package.targets.append(
        .executableTarget(
            name: "gateway-fuzz",
            dependencies: ["Core", "Ingest"],
            path: "Tests/Fuzz",
            exclude: ["Corpus"],
            swiftSettings: instrumented,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        )
    )
}
