import Core
import Synchronization

/// Entries of the audit as CSV, in constant memory: chunk by chunk by keyset, like records.
final class AuditExport: BodyStream {
    private static let columns = [
        "id", "at", "principal", "who", "role", "address", "action", "subject", "detail", "outcome",
        "code", "count", "purpose", "digest",
    ]

    private struct State {
        var query: AuditQuery
        var hasBegun = false
        var isOver = false
    }

    private let state: Mutex<State>
    private let store: any StoreReader

    init(_ query: AuditQuery, store: any StoreReader) {
        state = Mutex(State(query: query))
        self.store = store
    }

    func next() async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
        if isFirst { bytes += Array("\u{FEFF}\(Self.columns.joined(separator: ","))\r\n".utf8) }
        // A query looks at a limited number of entries and may find none of them.
        while bytes.isEmpty || isFirst, let query = state.withLock({ $0.isOver ? nil : $0.query }) {
            let page = try await store.read { try $0.audit(query) }
            state.withLock { state in
                state.query.before = page.next
                state.isOver = page.next == nil
            }
            for entry in page.entries { Self.append(entry, to: &bytes) }
            if isFirst { break }
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func append(_ entry: AuditEntry, to bytes: inout [UInt8]) {
        let (event, actor) = (entry.event, entry.event.actor)
        let cells = [
            "\(entry.id)", entry.at.rfc3339, actor.id, actor.name, actor.role, actor.address,
            event.action, event.subject, event.detail, event.outcome.rawValue, event.code,
            "\(event.count)", actor.purpose, entry.digest,
        ]
        bytes += Array((cells.map { CSV.cell($0 ?? "") }.joined(separator: ",") + "\r\n").utf8)
    }
}
