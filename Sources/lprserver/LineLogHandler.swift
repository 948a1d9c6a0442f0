import Core
import Foundation
import Logging

/// Writes each message as one line, to standard error or a file.
///
/// Control characters are escaped, so that clients' input cannot forge a line.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let label: String
    private let handle: FileHandle
    private let clock: ServiceClock

    init(label: String, level: Logger.Level, handle: FileHandle, clock: @escaping ServiceClock) {
        self.label = label
        logLevel = level
        self.handle = handle
        self.clock = clock
    }

    /// The log's file, opened for appending and created if it does not exist, or standard error.
    static func handle(path: String) throws -> FileHandle {
        guard !path.isEmpty else { return .standardError }
        if !FileManager.default.fileExists(atPath: path) {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        return handle
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(clock().rfc3339) \(event.level) \(label): \(event.message)\(details)"
        let escaped = line.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        try? handle.write(contentsOf: Data((escaped.joined() + "\n").utf8))
    }
}
