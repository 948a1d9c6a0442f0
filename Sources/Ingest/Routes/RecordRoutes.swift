import Core

/// `/api/records` and `/api/statistics`.
struct RecordRoutes: Sendable {
    let backend: Backend

    func get(_ request: Request) async throws(Refusal) -> Response {
        let id = try request.pathID("Record")
        try await backend.lookUps.keep(request, "record.open", subject: "\(id)")
        guard let record = try await reading(backend, { try $0.record(id: id) }) else {
            throw Refusal(.notFound, "Record \(id) not found")
        }
        return .json { record.write(to: &$0) }
    }

    func delete(_ request: Request) async throws(Refusal) -> Response {
        let id = try request.pathID("Record")
        try await backend.recorder.deleteRecord(id: id, by: request.actor)
        return .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.field("message", "Record \(id) deleted")
            }
        }
    }

    func statistics(_ request: Request) async throws(Refusal) -> Response {
        let statistics = try await reading(backend) { try $0.statistics() }
        return .json { statistics.write(to: &$0) }
    }

    func list(_ request: Request) async throws(Refusal) -> Response {
        let query = try RecordQuery(request, limits: backend.limits)
        switch request.text("format") ?? "json" {
        case "json":
            if let plate = query.plate { try await keep(request, "plate.look_up", plate) }
            return try await page(query)
        case "csv": return try await export(query, as: .csv, for: request)
        case "ndjson": return try await export(query, as: .ndjson, for: request)
        default:
            throw .invalid("format", "must be one of json, csv, ndjson", code: "unknown_choice")
        }
    }

    private func keep(
        _ request: Request,
        _ action: String,
        _ plate: RecordQuery.PlateFilter?
    ) async throws(Refusal) {
        try await backend.lookUps.keep(
            request,
            action,
            subject: plate?.text,
            detail: request.question
        )
    }

    private func page(_ query: RecordQuery) async throws(Refusal) -> Response {
        let page = try await reading(backend) { try $0.records(query) }
        return .json { writer in
            writer.object { writer in
                writer.key("records")
                writer.array(of: page.records) { $1.write(to: &$0) }
                writer.field("total", page.total)
                writer.field("pages", page.pages)
                writer.field("current_page", page.page)
                writer.field("per_page", page.perPage)
            }
        }
    }

    /// All matching records, not one page: produced while the client reads.
    ///
    /// It needs a purpose where look-ups do, whether it names a plate or not: it has the answers to all of them.
    private func export(
        _ query: RecordQuery,
        as format: ExportFormat,
        for request: Request
    ) async throws(Refusal) -> Response {
        try await keep(request, "records.export", query.plate)
        return Response(
            status: 200,
            headers: [
                ("Content-Type", format.mediaType),
                ("Content-Disposition", "attachment; filename=\"records.\(format.rawValue)\""),
                ("Cache-Control", "no-store"),
            ],
            body: .stream(RecordExport(query, as: format, store: backend.store))
        )
    }
}
