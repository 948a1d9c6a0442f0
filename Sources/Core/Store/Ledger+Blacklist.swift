import GRDB

extension Ledger {
    /// Lists a plate.
    ///
    /// Throws ``Refusal`` `.conflict` where an entry for the same plate counts already. One that has
    /// expired gives way.
    func list(_ draft: BlacklistDraft, by actor: Actor) throws -> Int64 {
        let province = draft.plate.province?.code ?? 0
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM blacklist WHERE active AND number = ? AND province = ?",
            arguments: [draft.plate.number, province]
        )
        if let entry = row.map(BlacklistEntry.init(row:)) {
            guard !entry.counts(at: now) else {
                throw Refusal(
                    .conflict,
                    "License plate \(draft.plate.text) is already in the blacklist (entry \(entry.id))",
                    field: "license_plate_text",
                    code: "already_listed"
                )
            }
            try deactivate(entry, by: Actor.system)
        }
        try db.execute(
            sql: """
                INSERT INTO blacklist (text, number, province, reason, added_by, expiry, expires,
                    notes, active, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
                """,
            arguments: [
                draft.plate.text, draft.plate.number, province, draft.reason, draft.addedBy,
                draft.expiry?.text, draft.expiry?.instant.milliseconds, draft.notes,
                now.milliseconds, now.milliseconds,
            ]
        )
        let id = db.lastInsertedRowID
        try announce("added", entry: id)
        try audit(actor, "blacklist.add", subject: "\(id)", detail: draft.reason)
        return id
    }

    /// Takes a plate off the list; the entry stays as history.
    ///
    /// Throws ``Refusal`` `.notFound` for an unknown entry, `.conflict` for one that is inactive.
    func unlist(_ id: Int64, by actor: Actor) throws {
        guard
            let row = try Row.fetchOne(
                db,
                sql: "SELECT * FROM blacklist WHERE id = ?",
                arguments: [id]
            )
        else { throw Refusal(.notFound, "Blacklist entry \(id) not found") }
        let entry = BlacklistEntry(row: row)
        guard entry.isActive else {
            throw Refusal(
                .conflict,
                "Blacklist entry \(id) is already inactive",
                code: "already_removed"
            )
        }
        try deactivate(entry, by: actor)
        try audit(actor, "blacklist.remove", subject: "\(id)")
    }

    private func deactivate(_ entry: BlacklistEntry, by actor: Actor) throws {
        try db.execute(
            sql: "UPDATE blacklist SET active = 0, updated = ?, removed_by = ? WHERE id = ?",
            arguments: [now.milliseconds, actor.name, entry.id]
        )
        try announce("removed", entry: entry.id)
    }

    private func announce(_ action: String, entry id: Int64) throws {
        blacklist = try BlacklistIndex(db)
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM blacklist WHERE id = ?",
            arguments: [id]
        )
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("action", action)
            writer.field("entry", row.map(BlacklistEntry.init(row:)))
        }
        try append(.blacklist, subject: id, data: writer.text)
    }
}
