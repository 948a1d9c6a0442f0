import Core

/// `/api/blacklist`.
struct BlacklistRoutes: Sendable {
    let backend: Backend

    func list(_ request: Request) async throws(Refusal) -> Response {
        let query = try BlacklistQuery(request, limits: backend.limits)
        if let plate = query.plate {
            try await backend.lookUps.keep(
                request,
                "blacklist.look_up",
                subject: plate.text,
                detail: request.question
            )
        }
        let page = try await reading(backend) { try $0.blacklist(query, at: backend.now) }
        return .json { writer in
            writer.object { writer in
                writer.key("blacklist")
                writer.array(of: page.entries) { $1.write(to: &$0) }
                writer.field("total", page.total)
                writer.field("pages", page.pages)
                writer.field("current_page", page.page)
                writer.field("per_page", page.perPage)
            }
        }
    }

    func remove(_ request: Request) async throws(Refusal) -> Response {
        let name = try FieldText.optional(
            request.text("removed_by"),
            field: "removed_by",
            max: backend.limits.personCharactersMax
        )
        do throws(Refusal) {
            let id = try request.pathID("Blacklist entry")
            try await backend.recorder.removeFromBlacklist(
                entryID: id,
                removedBy: name,
                by: request.actor
            )
            return .json { writer in
                writer.object { writer in
                    writer.field("success", true)
                    writer.field("message", "Blacklist entry \(id) removed")
                }
            }
        } catch {
            return try failure(error, status: error.kind == .notFound ? 404 : 400)
        }
    }

    /// The contract's own form of “not done”: `{"success":false,"message":…}`.
    func failure(_ refusal: Refusal, status: Int) throws(Refusal) -> Response {
        guard refusal.kind == .conflict || refusal.kind == .notFound else { throw refusal }
        return .json(status) { writer in
            writer.object { writer in
                writer.field("success", false)
                writer.field("message", refusal.message)
                writer.field("code", refusal.code)
                if let field = refusal.field { writer.field("field", field) }
            }
        }
    }

    func statistics(_ request: Request) async throws(Refusal) -> Response {
        let counts = try await reading(backend) { try $0.blacklistCounts(at: backend.now) }
        return .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.key("data")
                writer.object { writer in
                    writer.field("total_active", counts.active)
                    writer.field("total_inactive", counts.inactive)
                    writer.field("recent_additions", counts.addedInLastWeek)
                    writer.field("today_detections", counts.detectionsToday)
                }
                writer.field("total_blacklist_entries", counts.active)
                writer.field("total_blacklist_detections", counts.detections)
            }
        }
    }

    /// Records of listed plates; more than a thousand are asked for with `GET /api/records`.
    func detections(_ request: Request) async throws(Refusal) -> Response {
        let hours = try request.number("hours", in: 1...87_600) ?? 24
        let limit = backend.limits.recordsPerPageMax
        let since = backend.now.adding(seconds: -hours * 3_600)
        let records = try await reading(backend) { try $0.detections(since: since, limit: limit) }
        return .json { writer in
            writer.object { writer in
                writer.key("detections")
                writer.array(of: records) { $1.write(to: &$0) }
            }
        }
    }
}
