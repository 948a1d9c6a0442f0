import Core

/// `/api/audit`.
struct AuditRoutes: Sendable {
    let backend: Backend
    private let verifying = SingleFlight()

    init(backend: Backend) { self.backend = backend }

    /// Entries in an answer, and at most.
    private static let entriesPerPage = 100
    private static let entriesPerPageMax = 1_000

    func list(_ request: Request) async throws(Refusal) -> Response {
        var query = try query(request)
        let format = request.text("format") ?? "json"
        guard ["json", "csv"].contains(format) else {
            throw .invalid("format", "must be one of json, csv", code: "unknown_choice")
        }
        let isExport = format == "csv"
        try await backend.recorder.audit(
            AuditEvent(
                request.actor,
                isExport ? "audit.export" : "audit.open",
                subject: query.text,
                detail: request.question
            )
        )
        guard !isExport else {
            query.limit = Self.entriesPerPageMax
            return export(query)
        }
        let page = try await reading(backend) { [query] in try $0.audit(query) }
        return .json { writer in
            writer.object { writer in
                writer.key("entries")
                writer.array(of: page.entries) { $1.write(to: &$0) }
                writer.field("next_before", page.next)
            }
        }
    }

    private func query(_ request: Request) throws(Refusal) -> AuditQuery {
        var query = AuditQuery(
            limit: try request.number("per_page", in: 1...Self.entriesPerPageMax)
                ?? Self.entriesPerPage
        )
        let max = Limits.purposeCharactersMax
        query.who = try FieldText.optional(request.text("who"), field: "who", max: max)
        query.action = try FieldText.optional(request.text("action"), field: "action", max: max)
        query.text = try FieldText.optional(request.text("text"), field: "text", max: max)
        query.before = try request.number("before", in: 1...Int.max).map { Int64($0) }
        query.from = try day("from", request).map(backend.store.calendar.start)
        query.to = try day("to", request)
            .map { backend.store.calendar.start(of: $0.adding(days: 1)) }
        guard let outcome = request.text("outcome") else { return query }
        query.outcome = AuditEvent.Outcome(rawValue: outcome)
        guard query.outcome != nil else {
            throw .invalid("outcome", "must be one of allowed, refused", code: "unknown_choice")
        }
        return query
    }

    /// A day of the site.
    private func day(_ name: String, _ request: Request) throws(Refusal) -> Day? {
        guard let text = request.text(name) else { return nil }
        guard let day = Day(text), (1_970...9_998).contains(day.year) else {
            throw .invalid(name, "must be a day like 2026-01-31 that exists", code: "invalid_date")
        }
        return day
    }

    private func export(_ query: AuditQuery) -> Response {
        Response(
            status: 200,
            headers: [
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", "attachment; filename=\"audit.csv\""),
                ("Cache-Control", "no-store"),
            ],
            body: .stream(AuditExport(query, store: backend.store))
        )
    }

    /// Verifies the chain; one verification at a time, because it reads all entries.
    func verify(_ request: Request) async throws(Refusal) -> Response {
        guard verifying.begin() else {
            throw Refusal(.busy, "the audit is being verified already; try again in a moment")
        }
        defer { verifying.end() }
        try await backend.recorder.audit(AuditEvent(request.actor, "audit.verify"))
        let report = try await reading(backend) { try $0.auditReport() }
        let now = backend.now
        return .json { writer in
            writer.object { writer in
                writer.field("verified_at", now)
                writer.field("report", report)
            }
        }
    }
}
