import Core

/// `/health/…`, liveness, readiness and `/api/test`.
struct HealthRoutes: Sendable {
    let backend: Backend

    func test(_ request: Request) async throws(Refusal) -> Response {
        .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.field("message", "Server is running")
                writer.field("timestamp", backend.now)
            }
        }
    }

    func liveness(_ request: Request) async throws(Refusal) -> Response { .text("alive\n") }

    /// Ready once the database answers, the writer has room, and the disk has.
    func readiness(_ request: Request) async throws(Refusal) -> Response {
        _ = try await reading(backend) { try $0.newestEventID() }
        guard backend.recorder.load.queuedReads < backend.limits.queueReadsMax else {
            throw Refusal(.busy, "too many reads are waiting to be stored")
        }
        try backend.recorder.refuseFullDisk()
        return .text("ready\n")
    }

    /// The newest check; the first one is made when it is asked for, and one for now while reads are refused
    /// because the disk is nearly full.
    func status(_ request: Request) async throws(Refusal) -> Response {
        let kept = try await reading(backend) { try $0.latestHealthCheck() }
        let check =
            if backend.monitor.refusesReads { await backend.monitor.look() } else if let kept {
                kept
            } else { try await backend.monitor.check() }
        return .json { check.write(to: &$0) }
    }

    func check(_ request: Request) async throws(Refusal) -> Response {
        let check = try await backend.monitor.check()
        return wrapped { check.write(to: &$0) }
    }

    func history(_ request: Request) async throws(Refusal) -> Response {
        let hours = try request.number("hours", in: 1...8_760) ?? 24
        let since = backend.now.adding(seconds: -hours * 3_600)
        let checks = try await reading(backend) { try $0.healthChecks(since: since, limit: 1_000) }
        return wrapped { writer in writer.array(of: checks) { $1.write(to: &$0) } }
    }

    func databaseStatistics(_ request: Request) async throws(Refusal) -> Response {
        let now = backend.now
        let (counts, site) = try await reading(backend) {
            (try $0.databaseCounts(at: now), try $0.siteIdentity())
        }
        return wrapped { writer in
            writer.object { writer in
                writer.field("size_bytes", counts.bytes)
                writer.field("free_bytes", counts.freeBytes)
                writer.field("records", counts.records)
                writer.field("plates", counts.plates)
                writer.field("cameras", counts.cameras)
                writer.field("blacklist_entries", counts.blacklistEntries)
                writer.field("detections", counts.alerts)
                writer.field("events", counts.events)
                writer.field("health_checks", counts.healthChecks)
                writer.field("oldest_record", counts.oldestRecord)
                writer.field("sqlite_version", Store.sqliteVersion)
                writer.field("site_id", site.id)
                writer.field("generation", site.generation)
            }
        }
    }

    func cleanUp(_ request: Request) async throws(Refusal) -> Response {
        let fields = try request.fields(limits: backend.limits)
        guard let days = try fields.wholeNumber("days") else {
            throw .invalid(
                "days",
                "is required: records older than so many days are removed",
                code: "required"
            )
        }
        guard (1...36_500).contains(days) else {
            throw .invalid(
                "days",
                "must be an integer from 1 to 36500",
                code: "out_of_range"
            )
        }
        if let seconds = backend.recorder.retentionHold {
            throw Refusal(
                .conflict,
                "the server's clock is more than a day ahead of the newest record; retention is suspended for"
                    + " another \(seconds / 3_600 + 1) hours: set the clock right, or wait",
                code: "clock_jumped"
            )
        }
        let removal = try await backend.recorder.removeOld(days: days, by: request.actor)
        return wrapped { writer in
            writer.object { writer in
                writer.field("deleted_records", removal.records)
                writer.field("deleted_health_checks", removal.healthEntries)
                writer.field("days", days)
            }
        }
    }

    func optimize(_ request: Request) async throws(Refusal) -> Response {
        try await backend.recorder.optimize(by: request.actor)
        return wrapped { writer in
            writer.object { $0.field("message", "Database optimized") }
        }
    }

    private func wrapped(_ data: (inout JSONWriter) -> Void) -> Response {
        .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.key("data")
                data(&writer)
            }
        }
    }
}
