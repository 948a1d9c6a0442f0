import GRDB

/// Each change touches only its own entry, however many there are.
extension StoreWriter {
    /// An entry that a read matches.
    struct Hit {
        let entryID: Int64
        let match: BlacklistMatch
        let reason: String
    }

    /// The entry that a plate matches now: certain before possible, the older entry first.
    func match(_ plate: Plate) throws -> Hit? {
        guard blacklist.mayHold(plate.number) else { return nil }
        let statement = statements.findListed
        statement.bind(1, plate.number)
        statement.bind(2, plate.province?.code ?? 0)
        statement.bind(3, now.milliseconds)
        return try statement.row {
            Hit(
                entryID: $0.integer(0),
                match: $0.integer(1) != 0 ? .certain : .possible,
                reason: $0.text(2) ?? ""
            )
        }
    }

    /// Adds a plate to the blacklist.
    ///
    /// Throws ``Refusal`` `.conflict` if an active entry has the same plate; an expired one is replaced.
    func addToBlacklist(_ draft: BlacklistDraft, by actor: Actor) throws -> Int64 {
        let (id, expired) = try insert(draft)
        if let expired { try announce("removed", entry: expired) }
        try announce("added", entry: id)
        try audit(actor, "blacklist.add", subject: "\(id)", detail: draft.reason)
        return id
    }

    /// Adds plates to the blacklist, with one event and one audit line for all of them.
    ///
    /// A plate that is listed already is refused alone.
    func addToBlacklist(_ drafts: [BlacklistDraft], by actor: Actor) throws -> [Result<
        Int64, Refusal
    >] {
        var ids: [Int64] = []
        var removed: [Int64] = []
        let results = try drafts.map { draft -> Result<Int64, Refusal> in
            do {
                let (id, expired) = try insert(draft)
                ids.append(id)
                if let expired { removed.append(expired) }
                return .success(id)
            } catch let refusal as Refusal where refusal.kind == .conflict {
                return .failure(refusal)
            }
        }
        guard let first = ids.first, let last = ids.last else { return results }
        try append(.blacklist, data: EventData.imported(ids, removed: removed))
        let detail = "\(ids.count) entries"
        try audit(actor, "blacklist.import", subject: "\(first)-\(last)", detail: detail)
        return results
    }

    /// Inserts an entry; returns its id, and that of the expired entry that it replaces.
    ///
    /// Throws ``Refusal`` before it writes anything.
    private func insert(_ draft: BlacklistDraft) throws -> (id: Int64, expired: Int64?) {
        let expired = try expiredEntry(like: draft)
        if let expired {
            try deactivate(expired, number: draft.plate.number, by: Actor.system.name)
        }
        let statement = statements.insertEntry
        statement.bind(1, draft.plate.text)
        statement.bind(2, draft.plate.number)
        statement.bind(3, draft.plate.province?.code ?? 0)
        statement.bind(4, draft.reason)
        statement.bind(5, draft.addedBy)
        statement.bind(6, draft.expiry?.text)
        statement.bind(7, draft.expiry?.instant.milliseconds)
        statement.bind(8, draft.notes)
        statement.bind(9, now.milliseconds)
        try statement.execute()
        blacklist.add(draft.plate.number)
        return (db.lastInsertedRowID, expired)
    }

    /// The expired entry for the same plate; throws ``Refusal`` if an active one exists.
    private func expiredEntry(like draft: BlacklistDraft) throws -> Int64? {
        guard blacklist.mayHold(draft.plate.number) else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, expires FROM blacklist INDEXED BY blacklist_active
                    WHERE active AND number = ? AND province = ?
                    """
            ),
            arguments: [draft.plate.number, draft.plate.province?.code ?? 0]
        )
        guard let row else { return nil }
        let id: Int64 = row["id"]
        guard let expires: Int64 = row["expires"], expires <= now.milliseconds else {
            throw Refusal(
                .conflict,
                "License plate \(draft.plate.text) is already in the blacklist (entry \(id))",
                field: "license_plate_text",
                code: "already_listed"
            )
        }
        return id
    }

    /// Removes a plate from the blacklist; the entry stays as history.
    ///
    /// Throws ``Refusal`` `.notFound` for an unknown entry, `.conflict` for one that is inactive.
    func removeFromBlacklist(
        _ id: Int64,
        removedBy name: String? = nil,
        by actor: Actor
    ) throws {
        guard
            let row = try Row.fetchOne(
                db,
                sql: "SELECT number, active FROM blacklist WHERE id = ?",
                arguments: [id]
            )
        else { throw Refusal(.notFound, "Blacklist entry \(id) not found") }
        guard row["active"] else {
            throw Refusal(
                .conflict,
                "Blacklist entry \(id) is already inactive",
                code: "already_removed"
            )
        }
        try deactivate(id, number: row["number"], by: name ?? Actor.system.name)
        try announce("removed", entry: id)
        try audit(actor, "blacklist.remove", subject: "\(id)")
    }

    private func deactivate(_ id: Int64, number: String, by name: String) throws {
        try db.execute(
            sql: "UPDATE blacklist SET active = 0, updated = ?, removed_by = ? WHERE id = ?",
            arguments: [now.milliseconds, name, id]
        )
        blacklist.remove(number)
    }

    private func announce(_ action: String, entry id: Int64) throws {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM blacklist WHERE id = ?",
            arguments: [id]
        )
        let entry = row.map(BlacklistEntry.init(row:))
        try append(.blacklist, subject: id, data: EventData.blacklist(entry, action: action))
    }

    /// Notes which entries have expired since the last time, for pages and followers; they stay listed as expired.
    ///
    /// Reads at most one entry; if none expired, writes nothing.
    func noteExpiries() throws {
        let after = try db.blacklistClock()
        let hasSome = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM blacklist INDEXED BY blacklist_expiring
                        WHERE active AND expires > ? AND expires <= ?)
                    """
            ),
            arguments: [after.milliseconds, now.milliseconds]
        )
        guard hasSome == true else { return }
        try db.setMeta("blacklist_expired", "\(now.milliseconds)")
        try append(.blacklist, data: EventData.expired(after: after, through: now))
    }
}
