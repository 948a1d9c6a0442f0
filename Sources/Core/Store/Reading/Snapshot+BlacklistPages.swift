import GRDB

/// The blacklist in pages: a page costs the same however long the list is.
extension Snapshot {
    /// A page of entries, newest first; without `all`, those active at an instant.
    ///
    /// A filter by plate scans all numbers, in an index of nothing else.
    public func blacklist(_ query: BlacklistQuery, at now: Timestamp) throws -> BlacklistPage {
        let filter = query.plate.map(BlacklistCondition.init)
        let index =
            query.all ? "" : "INDEXED BY \(filter == nil ? "blacklist_listed" : "blacklist_active")"
        let conditions = [
            query.all ? nil : "active AND (expires IS NULL OR expires > :now)", filter?.sql,
        ].compactMap(\.self)
        let `where` = (conditions + ["id < :before"]).joined(separator: " AND ")
        var arguments: StatementArguments = ["before": query.beforeID ?? .max]
        if !query.all { arguments += ["now": now.milliseconds] }
        if let filter { arguments += filter.arguments }
        let entries = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM blacklist WHERE id IN (
                        SELECT id FROM blacklist \(index) WHERE \(`where`)
                        ORDER BY id DESC LIMIT :limit OFFSET :offset)
                    ORDER BY id DESC
                    """
            ),
            arguments: arguments + [
                "limit": query.perPage, "offset": (query.page - 1) * query.perPage,
            ]
        ).map(BlacklistEntry.init(row:))
        return BlacklistPage(
            entries: entries,
            total: try total(query, filter, conditions, index, at: now),
            page: query.page,
            perPage: query.perPage
        )
    }

    /// The number of entries on all pages, including those before `beforeID`.
    private func total(
        _ query: BlacklistQuery,
        _ filter: BlacklistCondition?,
        _ conditions: [String],
        _ index: String,
        at now: Timestamp
    ) throws -> Int {
        guard let filter else {
            return try query.all ? db.blacklistCount(.all) : db.blacklistLength(at: now)
        }
        var arguments = filter.arguments
        if !query.all { arguments += ["now": now.milliseconds] }
        let sql =
            "SELECT COUNT(*) FROM blacklist \(index) WHERE \(conditions.joined(separator: " AND "))"
        return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: arguments) ?? 0
    }

    /// The newest entries that were not removed, including expired ones.
    public func newestListed(_ limit: Int) throws -> [BlacklistEntry] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM blacklist INDEXED BY blacklist_listed
                    WHERE active ORDER BY id DESC LIMIT ?
                    """
            ),
            arguments: [limit]
        ).map(BlacklistEntry.init(row:))
    }

    /// The entries in a range of ids that were not removed, newest first.
    public func listed(ids: ClosedRange<Int64>) throws -> [BlacklistEntry] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM blacklist WHERE id BETWEEN ? AND ? AND active ORDER BY id DESC"
            ),
            arguments: [ids.lowerBound, ids.upperBound]
        ).map(BlacklistEntry.init(row:))
    }

    /// The id of the newest entry; 0 if there was never one.
    public func newestListedID() throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT MAX(id) FROM blacklist")) ?? 0
    }

    /// The lengths that pages show, by the stored clock: active entries, and those not removed.
    public func listLengths() throws -> (counting: Int, notRemoved: Int) {
        (try db.blacklistLength(at: listClock()), try db.blacklistCount(.notRemoved))
    }

    /// The instant up to which expiries are noted: the clock of the pages.
    public func listClock() throws -> Timestamp { try db.blacklistClock() }

    /// The ids of entries not removed that expired in an interval.
    func expired(after: Timestamp, through: Timestamp) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id FROM blacklist INDEXED BY blacklist_expiring
                    WHERE active AND expires > ? AND expires <= ? ORDER BY id
                    """
            ),
            arguments: [after.milliseconds, through.milliseconds]
        )
    }
}

/// A filter by plate as SQL.
private struct BlacklistCondition {
    let sql: String
    let arguments: StatementArguments

    init(_ filter: RecordQuery.PlateFilter) {
        let normalized = PlateText.normalized(filter.text)
        let (number, province) = PlateText.split(normalized)
        var condition: String
        var arguments: StatementArguments = ["number": number]
        switch filter.match {
        case .exact: condition = "number = :number"
        case .prefix:
            condition = "number >= :number AND number < :beyond"
            arguments += ["beyond": number + "\u{10FFFF}"]
        case .contains, .wildcard, .fuzzy: condition = "instr(number, :number) > 0"
        }
        if let province {
            condition += " AND province = :province"
            arguments += ["province": province.code]
        } else if filter.match == .contains {
            // The text may be part of a province's name.
            let codes = PlateMatcher.provinces(withNamesLike: normalized).codes
            if !codes.isEmpty {
                let list = codes.map(String.init).joined(separator: ", ")
                condition = "(\(condition) OR province IN (\(list)))"
            }
        }
        (sql, self.arguments) = (condition, arguments)
    }
}

extension Database {
    /// The instant up to which expiries of the blacklist are noted.
    func blacklistClock() throws -> Timestamp {
        Timestamp(milliseconds: try meta("blacklist_expired").flatMap { Int64($0) } ?? 0)
    }
}
