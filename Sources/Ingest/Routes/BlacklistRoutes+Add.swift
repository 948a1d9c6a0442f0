import Core

/// `POST /api/blacklist`: one entry, or many in one body.
extension BlacklistRoutes {
    func add(_ request: Request) async throws(Refusal) -> Response {
        switch try EntriesBody(request, limits: backend.limits) {
        case .one(let fields): return try await add(fields, request)
        case .many(let entries): return try await add(entries, request)
        }
    }

    private func add(_ fields: Fields, _ request: Request) async throws(Refusal) -> Response {
        let draft = try draft(fields)
        do throws(Refusal) {
            let id = try await backend.recorder.addToBlacklist(draft, by: request.actor)
            return .json(201) { writer in
                writer.object { writer in
                    writer.field("success", true)
                    writer.field("message", "License plate \(draft.plate.text) added to blacklist")
                    writer.field("blacklist_id", id)
                }
            }
        } catch {
            return try failure(error, status: 400)
        }
    }

    private func draft(_ fields: Fields) throws(Refusal) -> BlacklistDraft {
        let text = try fields.requiredText("license_plate_text")
        let plate = try Plate(text, field: "license_plate_text", limits: backend.limits)
        let expiry = try fields.text("expiry_date").flatMap { $0.isEmpty ? nil : $0 }
        return try BlacklistDraft(
            plate: plate,
            reason: fields.requiredText("reason"),
            addedBy: fields.text("added_by"),
            expiry: expiry.map { (text) throws(Refusal) in
                try Expiry(text, after: backend.now, calendar: backend.store.calendar)
            },
            notes: fields.text("notes"),
            limits: backend.limits
        )
    }

    /// After each commit an import pauses for this fraction of its duration: reads have the writer to themselves for
    /// a third of the time, and a million lines still take less than a minute.
    private static let pausePart = 2

    /// Commits a few entries at a time, between which reads are stored as usual.
    ///
    /// A failure of a later commit does not undo an earlier one: each entry has its own answer.
    private func add(_ entries: EntryList, _ request: Request) async throws(Refusal) -> Response {
        let actor = request.actor
        var outcomes: [Result<Int64, Refusal>] = []
        outcomes.reserveCapacity(entries.count)
        var failure: Refusal?
        while outcomes.count < entries.count, failure == nil {
            let end = min(entries.count, outcomes.count + backend.limits.commitEntriesMax)
            let drafts = (outcomes.count..<end).map { index -> Result<BlacklistDraft, Refusal> in
                do throws(Refusal) {
                    return .success(try draft(entries.fields(index)))
                } catch {
                    return .failure(error)
                }
            }
            let begin = ContinuousClock.now
            do throws(Refusal) {
                outcomes += try await add(drafts, by: actor)
            } catch {
                failure = error
            }
            // Cut short if the service stops, which refuses the next commit.
            guard end < entries.count else { continue }
            try? await Task.sleep(for: (ContinuousClock.now - begin) / BlacklistRoutes.pausePart)
        }
        if let failure {
            guard outcomes.contains(where: { (try? $0.get()) != nil }) else { throw failure }
            let missing = entries.count - outcomes.count
            outcomes += repeatElement(.failure(failure), count: missing)
        }
        return answer(outcomes, asLines: entries.asLines)
    }

    /// Lists those that are valid in one commit; returns what became of each.
    private func add(
        _ drafts: [Result<BlacklistDraft, Refusal>],
        by actor: Actor
    ) async throws(Refusal) -> [Result<Int64, Refusal>] {
        let valid = drafts.compactMap { try? $0.get() }
        var kept =
            valid.isEmpty ? [] : try await backend.recorder.addToBlacklist(valid, by: actor)[...]
        return drafts.map { draft in
            switch draft {
            case .failure(let refusal): .failure(refusal)
            case .success: kept.popFirst() ?? .failure(Refusal(.fault, "the entry has no answer"))
            }
        }
    }

    private func answer(_ outcomes: [Result<Int64, Refusal>], asLines: Bool) -> Response {
        let kept = outcomes.count { (try? $0.get()) != nil }
        let status = kept == 0 ? 400 : kept == outcomes.count ? 201 : 207
        guard asLines else {
            return .json(status) { writer in
                writer.array(of: outcomes) { BlacklistRoutes.write($1, to: &$0) }
            }
        }
        var bytes: [UInt8] = []
        for outcome in outcomes {
            var writer = JSONWriter(capacity: 64)
            BlacklistRoutes.write(outcome, to: &writer)
            bytes += writer.bytes
            bytes.append(0x0A)
        }
        return Response(
            status: status,
            headers: [("Content-Type", "application/x-ndjson"), ("Cache-Control", "no-store")],
            body: .bytes(bytes)
        )
    }

    private static func write(_ outcome: Result<Int64, Refusal>, to writer: inout JSONWriter) {
        writer.object { writer in
            switch outcome {
            case .success(let id):
                writer.field("success", true)
                writer.field("blacklist_id", id)
            case .failure(let refusal):
                writer.field("success", false)
                writer.field("message", refusal.message)
                writer.field("code", refusal.code)
                if let field = refusal.field { writer.field("field", field) }
            }
        }
    }
}
