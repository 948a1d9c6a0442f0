import GRDB

extension StoreWriter {
    /// Deletes one record with its alert and picture.
    ///
    /// Throws ``Refusal`` `.notFound` if there is no such record.
    func deleteRecord(_ id: Int64, by actor: Actor) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, camera, plate, seen, hit, confidence, picture, event_id
                FROM records WHERE id = ?
                """,
            arguments: [id]
        )
        guard let row = rows.first else { throw Refusal(.notFound, "Record \(id) not found") }
        if let event = row["event_id"] as PackedEventID? {
            let camera: Int64 = row["camera"]
            try db.execute(
                sql: "INSERT OR REPLACE INTO deleted_reads VALUES (?, ?, ?, ?)",
                arguments: [camera, event.text, id, now.milliseconds]
            )
            deletedReads.add(dedupIndex.hash(camera: camera, event))
        }
        try delete(rows)
        try noteDeletion(of: id)
        try audit(actor, "record.delete", subject: "\(id)")
    }

    /// Deletes the oldest records that were received before an instant, at most `limit`.
    ///
    /// By the time of receipt, so that a camera's clock in the future keeps nothing longer. Records received while
    /// the server's clock was wrong are deleted with the next one that was not. Returns the number of deleted
    /// records.
    func deleteRecords(receivedBefore instant: Timestamp, limit: Int) throws -> Int {
        // Ids grow with receipt, so the oldest records need no index.
        var rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, camera, plate, seen, hit, confidence, picture, seen + delay AS received
                FROM records ORDER BY id LIMIT ?
                """,
            arguments: [limit]
        )
        rows.removeLast(rows.count - (try countOfOld(rows, before: instant.milliseconds)))
        try delete(rows)
        if let last = rows.last { try noteDeletion(through: last["id"]) }
        let oldest = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM records")
        if !rows.isEmpty { try deletePlacesLeft(before: oldest ?? latestRecordID) }
        try dedupIndex.forget(db, before: oldest ?? latestRecordID + 1)
        return rows.count
    }

    /// The number of records in list order that were received before an instant.
    private func countOfOld(_ rows: [Row], before instant: Int64) throws -> Int {
        let earliest = now < Limits.earliestCameraTime ? 0 : Limits.earliestCameraTime.milliseconds
        let possible = earliest...now.adding(seconds: Limits.clockJumpSecondsMax).milliseconds
        var (old, isKnown) = (0, false)
        for (index, row) in rows.enumerated() {
            let received: Int64 = row["received"]
            guard possible.contains(received) else { continue }
            guard received < instant else { return old }
            (old, isKnown) = (index + 1, true)
        }
        guard !isKnown, let last = rows.last else { return old }
        let next = try Int64.fetchOne(
            db,
            sql: """
                SELECT seen + delay FROM records WHERE id > ? AND seen + delay BETWEEN ? AND ?
                ORDER BY id LIMIT 1
                """,
            arguments: [last["id"] as Int64, possible.lowerBound, possible.upperBound]
        )
        guard let next, next < instant else { return 0 }
        return rows.count
    }

    /// Deletes the locations without records: those before the oldest record's, except each camera's last one.
    private func deletePlacesLeft(before oldest: Int64) throws {
        try db.execute(
            sql: """
                DELETE FROM places WHERE id <= ?1 AND id NOT IN
                (SELECT MAX(id) FROM places WHERE id <= ?1 GROUP BY camera)
                """,
            arguments: [oldest]
        )
    }

    /// Deletes health checks, cameras' health reports and counts of refusals before an instant; returns the number of
    /// checks and reports.
    func deleteHealth(before instant: Timestamp) throws -> Int {
        var count = 0
        for (table, column) in [("health_checks", "at"), ("health_reports", "at")] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE \(column) < ?",
                arguments: [instant.milliseconds]
            )
            count += db.changesCount
        }
        try db.execute(
            sql: "DELETE FROM refusals WHERE at < ?",
            arguments: [instant.milliseconds]
        )
        count += db.changesCount
        if count > 0 { try append(.stats, data: #"{"reason":"health_deleted"}"#) }
        return count
    }

    /// Deletes detections, and the memory of deleted reads, from before an instant.
    func deleteDetections(before instant: Timestamp) throws {
        try db.execute(
            sql: "DELETE FROM deleted_reads WHERE at < ?",
            arguments: [instant.milliseconds]
        )
        try db.execute(
            sql: "DELETE FROM detections WHERE received < ?",
            arguments: [instant.milliseconds]
        )
    }

    /// Updates SQLite's index statistics from a bounded sample.
    func optimize(by actor: Actor) throws {
        try db.execute(sql: "PRAGMA analysis_limit = 400; PRAGMA optimize")
        try audit(actor, "database.optimize", subject: "database")
    }

    private func delete(_ rows: [Row]) throws {
        guard let newest = rows.map({ $0["id"] as Int64 }).max() else { return }
        // Readers cache the records that are not counted yet (UnindexedTail).
        if newest > packedPlates.marks.indexedThrough { try countRecords() }
        var days: Set<Day> = []
        for row in rows {
            let id: Int64 = row["id"]
            let seen = Timestamp(milliseconds: row["seen"])
            let hit: Int = row["hit"]
            try db.execute(sql: "DELETE FROM records WHERE id = ?", arguments: [id])
            try DeferredIndexes.remove(
                db,
                id: id,
                plate: row["plate"],
                camera: row["camera"],
                seen: seen.milliseconds
            )
            if hit > 0 {
                try db.execute(sql: "DELETE FROM alerts WHERE record = ?", arguments: [id])
            }
            if let picture: String = row["picture"] {
                picturesToRemove.append(picture)
                try removePictures(ofRecord: id, but: picture)
            }
            deltas.count(
                camera: row["camera"],
                seen: seen,
                isHit: hit > 0,
                confidence: (row["confidence"] as Double?).map(Confidence.init(kept:)),
                by: -1,
                calendar: calendar
            )
            days.insert(calendar.day(of: seen))
        }
        try packedPlates.remove(
            db,
            rows.map { UnindexedTail.PlateCameraPair(plate: $0["plate"], camera: $0["camera"]) }
        )
        try deletePlatesLeft(Set(rows.map { $0["plate"] }))
        try announceDeletion(of: rows, days: days.sorted())
    }

    /// Deletes plates without records: nothing is kept of a car that was last seen too long ago.
    private func deletePlatesLeft(_ candidates: Set<Int64>) throws {
        let isEntered = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM plate_records WHERE plate = ?)"
        )
        var gone = try candidates.filter { plate in
            try Bool.fetchOne(isEntered, arguments: [plate]) == false
        }
        if !gone.isEmpty {
            // The newest records of a plate may not be indexed yet.
            let waiting = try Int64.fetchSet(
                db,
                sql: "SELECT plate FROM records WHERE id > ?",
                arguments: [packedPlates.marks.indexedThrough]
            )
            gone.subtract(waiting)
        }
        let statement = try db.cachedStatement(sql: "DELETE FROM plates WHERE id = ?")
        for plate in gone { try statement.execute(arguments: [plate]) }
        try packedPlates.purge(db, plates: gone.sorted())
        plates.removeAll(keepingCapacity: true)
    }

    /// Tells followers all that they may keep of the records: their days, cameras and plates, which may be gone, too.
    private func announceDeletion(of rows: [Row], days: [Day]) throws {
        let numbers = Set(rows.map { $0["camera"] as Int64 })
        let plates = Set(rows.map { $0["plate"] as Int64 })
        let deleted = EventData.deleted(
            rows.map { $0["id"] },
            days: days,
            cameras: cameras.filter { numbers.contains($0.value.id) }.keys.sorted(),
            plates: plates.sorted()
        )
        try append(.stats, data: deleted)
    }
}
