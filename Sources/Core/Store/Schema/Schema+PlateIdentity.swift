import GRDB

/// Plates are compared by a rule under which more spellings are one (``PlateText``, ``ProvinceEnding``): plates and
/// entries of the blacklist get their new numbers, and plates that have become the same one row.
extension Schema {
    static func renewPlates(_ db: Database) throws {
        try SQLFunctions.add(to: db)
        try renewBlacklist(db)
        let changed = try changedKeys(db, of: "plates")
        guard !changed.isEmpty else { return }
        // Records that wait for their indexes are entered first: what is counted again is all of them.
        let latest = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM records") ?? 0
        var pages = try PackedPlateTable(db)
        var indexes = try DeferredIndexes(db, limits: Limits())
        try indexes.insertAll(db, after: pages.marks.indexedThrough, to: latest)
        for (id, key) in changed { try renew(db, plate: id, key) }
        try pages.countAll(db)
    }

    /// The rows whose number or province is another one by the present rule.
    ///
    /// By the kept number, not by the text: all spellings that were one plate still are.
    private static func changedKeys(
        _ db: Database,
        of table: String
    ) throws -> [(id: Int64, key: StoreWriter.PlateKey)] {
        var changed: [(Int64, StoreWriter.PlateKey)] = []
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT id, number, province FROM \(table) ORDER BY id"
        )
        while let row = try rows.next() {
            let old = StoreWriter.PlateKey(number: row[1], province: row[2])
            let new = renewed(old)
            if new != old { changed.append((row[0], new)) }
        }
        return changed
    }

    private static func renewed(_ key: StoreWriter.PlateKey) -> StoreWriter.PlateKey {
        let name = Province(code: key.province)?.name ?? ""
        let (number, province) = PlateText.split(PlateText.normalized(key.number + name))
        guard key.province == 0 || province?.code == key.province else {
            return StoreWriter.PlateKey(
                number: PlateText.normalized(key.number),
                province: key.province
            )
        }
        return StoreWriter.PlateKey(number: number, province: province?.code ?? 0)
    }

    /// Gives a plate its new key; if another row has it already, this one's records go over to that.
    private static func renew(_ db: Database, plate id: Int64, _ key: StoreWriter.PlateKey) throws {
        let same = try Int64.fetchOne(
            db,
            sql: "SELECT id FROM plates WHERE number = ? AND province = ?",
            arguments: [key.number, key.province]
        )
        guard let same else {
            return try db.execute(
                sql: "UPDATE plates SET number = ?, province = ? WHERE id = ?",
                arguments: [key.number, key.province, id]
            )
        }
        let text = try String.fetchOne(
            db,
            sql: "SELECT text FROM plates WHERE id = ?",
            arguments: [id]
        )
        let records = try Row.fetchAll(
            db,
            sql: "SELECT camera, seen, id FROM plate_records WHERE plate = ?",
            arguments: [id]
        )
        // A record keeps the text that it was read as.
        let move = try db.cachedStatement(
            sql: "UPDATE records SET plate = ?, spelling = COALESCE(spelling, ?) WHERE id = ?"
        )
        let moveInCamera = try db.cachedStatement(
            sql: "UPDATE camera_records SET plate = ? WHERE camera = ? AND seen = ? AND id = ?"
        )
        for record in records {
            try move.execute(arguments: [same, text, record["id"] as Int64])
            try moveInCamera.execute(
                arguments: [same, record["camera"], record["seen"], record["id"]]
            )
        }
        try db.execute(
            sql: "UPDATE plate_records SET plate = ? WHERE plate = ?",
            arguments: [same, id]
        )
        try db.execute(sql: "DELETE FROM plates WHERE id = ?", arguments: [id])
    }

    /// Of two entries that have become the same, the one that counts for longer stays.
    private static func renewBlacklist(_ db: Database) throws {
        for (id, key) in try changedKeys(db, of: "blacklist") {
            let other = try Row.fetchOne(
                db,
                sql: """
                    SELECT id, expires FROM blacklist WHERE active AND number = ? AND province = ?
                        AND (SELECT active FROM blacklist WHERE id = ?)
                    """,
                arguments: [key.number, key.province, id]
            )
            if let other {
                let expires = try Int64.fetchOne(
                    db,
                    sql: "SELECT expires FROM blacklist WHERE id = ?",
                    arguments: [id]
                )
                let isShorter = (expires ?? .max) <= (other["expires"] as Int64? ?? .max)
                try db.execute(
                    sql: "UPDATE blacklist SET active = 0, removed_by = 'system' WHERE id = ?",
                    arguments: [isShorter ? id : other["id"]]
                )
            }
            try db.execute(
                sql: "UPDATE blacklist SET number = ?, province = ? WHERE id = ?",
                arguments: [key.number, key.province, id]
            )
        }
    }
}
