import Core
import Synchronization

/// How records are exported.
enum ExportFormat: String {
    case csv
    case ndjson

    var mediaType: String {
        self == .csv ? "text/csv; charset=utf-8" : "application/x-ndjson"
    }
}

/// Records as a stream of chunks in constant memory: each chunk is a page by keyset, read by itself, so
/// that a slow client holds no snapshot of the database.
final class RecordExport: BodyStream {
    private static let chunkRecords = 500

    private struct State {
        var query: RecordQuery
        var hasBegun = false
        var isOver = false
    }

    private let state: Mutex<State>
    private let format: ExportFormat
    private let store: any StoreReader

    init(_ query: RecordQuery, as format: ExportFormat, store: any StoreReader) {
        var query = query
        query.page = 1
        query.perPage = RecordExport.chunkRecords
        state = Mutex(State(query: query))
        self.format = format
        self.store = store
    }

    func next() async throws -> [UInt8]? {
        let (query, isFirst) = state.withLock { state in
            let isFirst = !state.hasBegun
            state.hasBegun = true
            return (state.isOver ? nil : state.query, isFirst)
        }
        guard let query else { return nil }
        let records = try await store.read { try $0.list(query) }
        state.withLock { state in
            state.query.beforeID = records.last?.id
            state.isOver = records.count < query.perPage
        }
        var bytes: [UInt8] = isFirst && format == .csv ? CSV.header : []
        let clock = WallClock(store.calendar)
        for record in records { append(record, clock, to: &bytes) }
        return bytes.isEmpty ? nil : bytes
    }

    private func append(_ record: Record, _ clock: WallClock, to bytes: inout [UInt8]) {
        switch format {
        case .csv: CSV.append(record, clock, to: &bytes)
        case .ndjson:
            var writer = JSONWriter(capacity: 512)
            record.write(to: &writer)
            bytes += writer.bytes
            bytes.append(0x0A)
        }
    }
}

/// Comma-separated values (RFC 4180), as a spreadsheet reads them without harm.
enum CSV {
    private static let columns = [
        "id", "timestamp", "local_time", "camera_id", "plate_number", "province", "confidence",
        "location",
        "location_lat", "location_lon", "is_blacklisted", "blacklist_match", "blacklist_reason",
        "image_path", "created_at", "event_id", "camera_timestamp",
    ]

    /// The names of the columns, after a byte order mark by which spreadsheets know that Thai follows.
    static let header = Array("\u{FEFF}\(columns.joined(separator: ","))\r\n".utf8)

    /// `local_time` is the `timestamp` on the site's clock, as a spreadsheet takes it for a time.
    static func append(_ record: Record, _ clock: WallClock, to bytes: inout [UInt8]) {
        let time = record.seenAt
        var local: [UInt8] = []
        clock.append(dateTime: time, to: &local)
        let cells: [String?] = [
            "\(record.id)", time.rfc3339, String(decoding: local, as: UTF8.self),
            cell(record.cameraID),
            cell(record.plate.text), record.plate.province?.name,
            record.confidence.map { "\($0.sent)" }, record.location.text.map(cell),
            record.location.latitude.map { "\($0)" }, record.location.longitude.map { "\($0)" },
            record.match == nil ? "false" : "true", record.match?.rawValue,
            record.matchReason.map(cell), record.picturePath.map(Record.picturePath),
            record.receivedAt.rfc3339, record.eventID.map(cell),
            record.claimedTime?.rfc3339,
        ]
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: (cell ?? "").utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// Quotes where needed; a text that a spreadsheet would take for a formula gets an apostrophe.
    static func cell(_ text: String) -> String {
        var text = text
        if let first = text.first, "=+-@\t\r".contains(first) { text = "'" + text }
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
