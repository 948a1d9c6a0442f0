import Foundation
import Testing

/// Which room may know which.
@Suite struct BoundaryTests {
    /// The modules that the sources of a target may import, of those that have a rule.
    private static let allowed: [String: Set<String>] = [
        "Core": [
            "GRDB", "GRDBSQLite", "CDisk", "CSQLiteTuning", "Crypto", "CryptoExtras", "Platform",
        ],
        "SiteGen": ["Core", "CDisk", "Mustache", "Platform"],
        "Ingest": ["Core", "CBase64", "CMicrohttpd", "CWslay", "Crypto", "Platform"],
        "Platform": ["CDisk"],
        "HTTPClient": ["Core", "Platform"],
        "CameraSimulator": [
            "Core", "HTTPClient", "Ingest", "Platform", "ArgumentParser", "Crypto",
        ],
        "lprserver": [
            "CameraSimulator", "Core", "HTTPClient", "SiteGen", "Ingest", "Platform",
            "ArgumentParser",
        ],
    ]
    private static let ruled: Set<String> = [
        "Core", "SiteGen", "Ingest", "GRDB", "GRDBSQLite", "Mustache", "CBase64", "CDisk",
        "CMicrohttpd", "CSQLiteTuning", "CWslay", "Crypto", "CryptoExtras", "ArgumentParser",
        "Platform", "CameraSimulator", "HTTPClient",
    ]

    @Test func importsPointOneWay() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for (number, line) in file.code where line.contains("import ") {
                guard let module = line.split(separator: " ").last.map(String.init),
                    BoundaryTests.ruled.contains(module)
                else { continue }
                #expect(
                    BoundaryTests.allowed[file.target]?.contains(module) == true,
                    "\(file):\(number) imports \(module)"
                )
            }
        }
    }

    @Test func theDomainDoesNoInputOrOutput() throws {
        let banned = ["import GRDB", "FileManager", "Data(contentsOf", "import Logging"]
        for file in try SourceTree.swiftFiles(under: "Sources/Core/Domain") {
            for (number, line) in file.code {
                for word in banned where line.contains(word) {
                    Issue.record("\(file):\(number) holds “\(word)”")
                }
            }
        }
    }

    /// The wire's names and HTTP's statuses have places of their own: `Core/Wire` and `Ingest/HTTP`.
    @Test func theDomainAndTheStoreDoNotSpeakTheWire() throws {
        let banned = ["JSONWriter", "JSONWritable", ".field(\"", "HTTP", "status: Int"]
        for folder in ["Domain", "Store"] {
            for file in try SourceTree.swiftFiles(under: "Sources/Core/\(folder)") {
                for (number, line) in file.code {
                    for word in banned where line.contains(word) {
                        Issue.record("\(file):\(number) holds “\(word)”")
                    }
                }
            }
        }
    }

    /// A service has one clock, passed by the composition root, so that tests can step it.
    ///
    /// The simulated camera is a client, with its own machine's time.
    @Test func nobodyAsksTheMachineForTheTime() throws {
        let places: Set = [
            "Sources/Core/Domain/Timestamp.swift", "Sources/lprserver/Composition.swift",
        ]
        let asks = #/Timestamp\.now|(^|[ (])\.now\(\)|\bDate(\(\)|\.now)/#
        for file in try SourceTree.swiftFiles(under: "Sources")
        where !places.contains(file.path) && file.target != "CameraSimulator" {
            for (number, line) in file.code where line.contains(asks) {
                Issue.record("\(file):\(number) asks for the time")
            }
        }
    }

    /// Reading goes through `StoreReader`: who reads does not know that there is SQLite.
    @Test func whoReadsKnowsNoTables() throws {
        let names = #/\b(Snapshot|RecordRowReader|StoreWriter\+?|DatabasePool|store: Store)\b/#
        for target in ["SiteGen", "Ingest", "Core/Health", "Core/EventLog", "Core/Refusals"] {
            for file in try SourceTree.swiftFiles(under: "Sources/\(target)") {
                for (number, line) in file.code where line.contains(names) {
                    Issue.record("\(file):\(number) names a part of the store")
                }
            }
        }
    }

    @Test func allSQLStandsInTheStore() throws {
        let words = ["SELECT ", "INSERT INTO", "DELETE FROM", "PRAGMA ", "import GRDB", ".pool."]
        for file in try SourceTree.swiftFiles(under: "Sources")
        where !file.path.hasPrefix("Sources/Core/Store/") {
            for (number, line) in file.code {
                for word in words where line.contains(word) {
                    Issue.record("\(file):\(number) holds SQL")
                }
            }
        }
    }

    /// Threads, file locks and the closing of descriptors have one type each, in `Platform`.
    ///
    /// But for the sockets that libmicrohttpd hands over, and has closed itself otherwise.
    @Test func whatIsOfTheSystemHasOneOwner() throws {
        let places: Set = [
            "Sources/Ingest/Gateway/Loop/SocketLoop.swift",
            "Sources/Ingest/Microhttpd/Listener.swift",
            "Sources/Ingest/Microhttpd/Loop+Stop.swift",
        ]
        let calls = #/[ =]Thread(\(block|\(\)| \{ [^}])|\bflock\(|deinit \{ close\(|Glibc\.close\(/#
        for file in try SourceTree.swiftFiles(under: "Sources")
        where file.target != "Platform" && !places.contains(file.path) {
            for (number, line) in file.code where line.contains(calls) {
                Issue.record("\(file):\(number) does what Platform has a type for")
            }
        }
    }

    /// `unsafe` and `@unchecked Sendable` stand only where the file says why it is right.
    @Test func whatIsUnsafeSaysWhy() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            let isUnsafe = file.code.contains {
                $0.text.contains("unsafe ") || $0.text.contains("@unchecked Sendable")
            }
            guard isUnsafe else { continue }
            // An extension lives by the paragraph of its type: `Loop+Stop.swift` by `Loop.swift`'s.
            let home = file.path.prefix { $0 != "+" } + (file.path.contains("+") ? ".swift" : "")
            let saysWhy =
                try file.text.contains("SAFETY:")
                || SourceTree.text(of: String(home)).contains("SAFETY:")
            #expect(saysWhy, "\(file) is unsafe without a SAFETY: paragraph")
        }
    }
}
