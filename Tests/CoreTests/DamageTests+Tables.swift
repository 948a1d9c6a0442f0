import Foundation
import GRDB
import Testing

@testable import Core

extension DamageTests {
    /// Flips a bit of a byte of a column, in one row.
    private static func flip(
        _ column: String,
        of table: String,
        byte: Int = 0,
        where condition: String = "1"
    ) -> @Sendable (Database) throws -> Void {
        { db in
            let row = "\(condition) ORDER BY length(\(column)) DESC LIMIT 1"
            let kept = try Data.fetchOne(db, sql: "SELECT \(column) FROM \(table) WHERE \(row)")
            var bytes = try #require(kept)
            bytes[bytes.startIndex + byte] ^= 0x04
            try db.execute(
                sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ? AND \(condition)",
                arguments: [bytes, kept]
            )
            #expect(db.changesCount > 0, "nothing was damaged")
        }
    }

    static let counters = [
        Damage(
            "another counter of an hour",
            [.hours],
            sql: "UPDATE hours SET reads = reads + 256 WHERE camera = 1 AND hour = 17"
        ),
        Damage("other hits of an hour", [.hours], sql: "UPDATE hours SET hits = hits + 1"),
        Damage("an hour is lost", [.hours], sql: "DELETE FROM hours WHERE camera = 2"),
        Damage("an hour too many", [.hours], sql: "INSERT INTO hours VALUES (1, 1, 1, 1, 0)"),
        Damage("another counter of a day", [.days], sql: "UPDATE days SET reads = reads - 1"),
        Damage("a day is lost", [.days, .confidences], sql: "DELETE FROM days WHERE reads > 0"),
        Damage("a day too many", [.days], sql: "INSERT INTO days VALUES (1, 1, 0, NULL)"),
        Damage(
            "a flipped byte of the confidences",
            [.confidences],
            flip("percents", of: "days", byte: 1)
        ),
        Damage(
            "a lost counter of a camera",
            [.cameraCounters],
            sql: "UPDATE cameras SET reads = 0"
        ),
        Damage(
            "another whole percent",
            [.percents],
            sql: "UPDATE records SET percent = 12 WHERE id = 40"
        ),
    ]

    static let plates = [
        Damage("a flipped byte of numbers", [.plateNumbers], flip("numbers", of: "plate_numbers")),
        Damage("a page of numbers is lost", [.plateNumbers], sql: "DELETE FROM plate_numbers"),
        Damage(
            "a page of numbers too many",
            [.plateNumbers],
            sql: "INSERT INTO plate_numbers VALUES (1000000000000, x'0100')"
        ),
        Damage(
            "a flipped byte of counts",
            [.plateCounts],
            flip("reads", of: "plate_reads", byte: 1)
        ),
        Damage("a page of counts is lost", [.plateCounts], sql: "DELETE FROM plate_reads"),
        Damage(
            "a page of counts is cut",
            [.plateCounts],
            sql: "UPDATE plate_reads SET reads = CAST(substr(reads, 1, length(reads) - 1) AS BLOB)"
        ),
        Damage(
            "a page of counts too many",
            [.plateCounts],
            sql: "INSERT INTO plate_reads VALUES (7, x'01000000')"
        ),
        Damage(
            "a flipped byte of a frequent plate",
            [.frequentPlates],
            flip("reads", of: HeavyHitterCounts.table, byte: 4)
        ),
        Damage(
            "a frequent plate is lost",
            [.frequentPlates],
            sql: "DELETE FROM \(HeavyHitterCounts.table)"
        ),
        Damage(
            "a frequent plate too many",
            [.frequentPlates],
            sql: "INSERT INTO \(HeavyHitterCounts.table) VALUES (5000, x'01000000')"
        ),
    ]

    static let indexes = [
        Damage(
            "an entry by plate is lost",
            [.plateIndex],
            sql: "DELETE FROM plate_records WHERE id = 50"
        ),
        Damage(
            "an entry by plate is another",
            [.plateIndex],
            sql: "UPDATE plate_records SET camera = camera + 1 WHERE id = 51"
        ),
        Damage(
            "an entry by plate too many",
            [.plateIndex],
            sql: "INSERT INTO plate_records VALUES (1, 5, 9000, 1)"
        ),
        Damage(
            "an entry of a deleted record",
            [.plateIndex],
            sql: "INSERT INTO plate_records VALUES (1, 5, 130, 1)"
        ),
        Damage(
            "an entry by camera is lost",
            [.cameraIndex],
            sql: "DELETE FROM camera_records WHERE id = 50"
        ),
        Damage(
            "an entry by camera is another",
            [.cameraIndex],
            sql: "UPDATE camera_records SET percent = 3 WHERE id = 52"
        ),
        Damage(
            "an entry by camera too many",
            [.cameraIndex],
            sql: "INSERT INTO camera_records VALUES (1, 5, 9000, 1, NULL)"
        ),
        Damage("an index of SQLite's lacks rows", [.sqliteIndexes]) { db in
            // Filled by another condition than its own.
            for (old, new) in [("hit > 0", "hit > 5"), ("hit > 5", "hit > 0")] {
                try db.execute(
                    sql: """
                        PRAGMA writable_schema = ON;
                        UPDATE sqlite_master SET sql = replace(sql, '\(old)', '\(new)')
                            WHERE name = 'records_hit';
                        """
                )
                #expect(db.changesCount == 1)
                try db.execute(sql: "PRAGMA writable_schema = RESET")
                if new == "hit > 5" { try db.execute(sql: "REINDEX records_hit") }
            }
        },
        Damage("an index of SQLite's is gone", [.databaseFile]) { db in
            try db.execute(sql: "DROP INDEX records_by_time")
        },
    ]

    static let dedup = [
        Damage(
            "a flipped byte of a bucket",
            [.dedupMissing],
            flip("entries", of: DedupBuckets.table, byte: 4)
        ),
        Damage(
            "a place in a bucket is another",
            [.dedupMissing],
            flip("entries", of: DedupBuckets.table)
        ),
        Damage(
            "a bucket is lost",
            [.dedupMissing],
            sql: """
                DELETE FROM \(DedupBuckets.table)
                WHERE id = (SELECT MIN(id) FROM \(DedupBuckets.table))
                """
        ),
        Damage(
            "a bucket is cut",
            [.dedupRows, .dedupMissing],
            sql: """
                UPDATE \(DedupBuckets.table) SET entries = CAST(substr(entries, 1, 5) AS BLOB)
                WHERE id = (SELECT MIN(id) FROM \(DedupBuckets.table))
                """
        ),
        Damage(
            "entries of records that never were",
            [.dedupForeign],
            sql: "INSERT INTO \(DedupBuckets.table) VALUES (8192000, x'000000000000')"
        ),
        Damage(
            "an entry stands twice",
            [.dedupForeign],
            sql: "UPDATE \(DedupBuckets.table) SET entries = CAST(entries || entries AS BLOB)"
        ),
        Damage(
            "cleared bits of a filter",
            [.dedupFilters],
            sql: "UPDATE \(DedupBloomFilters.table) SET bits = zeroblob(length(bits)) WHERE run = 1"
        ),
        Damage(
            "a part of a filter is lost",
            [.dedupFilters],
            sql: "DELETE FROM \(DedupBloomFilters.table) WHERE run = 1 AND part = 3"
        ),
        Damage(
            "a filter is cut",
            [.dedupFilters],
            sql: "UPDATE \(DedupBloomFilters.table) SET bits = x'00' WHERE run = 1 AND part = 3"
        ),
        Damage(
            "a filter is lost",
            [.dedupFilters],
            sql: "DELETE FROM \(DedupBloomFilters.table) WHERE run = 1"
        ),
        Damage(
            "a read stands twice",
            [.duplicates],
            sql: """
                INSERT INTO records (id, camera, plate, seen, delay, hit, event_id)
                    SELECT (SELECT MAX(id) + 1 FROM records), camera, plate, seen, delay, hit, event_id
                    FROM records WHERE id = 10;
                """
        ),
        Damage(
            "a read stands twice, and its event id is not entered",
            [.duplicates, .dedupMissing],
            sql: """
                INSERT INTO records (id, camera, plate, seen, delay, hit, event_id)
                    SELECT 130, camera, plate, seen, delay, hit, event_id FROM records WHERE id = 10;
                """
        ),
    ]

    static let marks = [
        Damage("no salt", [.notes], sql: "DELETE FROM meta WHERE key = '\(DedupIndex.saltKey)'"),
        Damage(
            "another salt",
            [.dedupMissing],
            sql: "UPDATE meta SET value = 'x' WHERE key = '\(DedupIndex.saltKey)'"
        ),
        Damage(
            "no size of segments",
            [.notes],
            sql: "DELETE FROM meta WHERE key = '\(DedupBuckets.recordsPerSegmentKey)'"
        ),
        Damage(
            "another size of segments",
            [.dedupMissing],
            sql: "UPDATE meta SET value = 50 WHERE key = '\(DedupBuckets.recordsPerSegmentKey)'"
        ),
        Damage(
            "no flush cursor",
            [.notes],
            sql: "DELETE FROM meta WHERE key = '\(FlushCursor.key)'"
        ),
        Damage("a flush cursor that is too far", [.watermarks]) { db in
            try FlushCursor(entered: 5_000).write(db)
        },
        Damage(
            "records that are not indexed count as indexed",
            [.plateIndex, .cameraIndex],
            sql: "UPDATE meta SET value = '305' WHERE key = '\(Watermarks.indexedThroughKey)'"
        ),
        Damage(
            "indexed records count as not indexed",
            [.plateCounts],
            sql: "UPDATE meta SET value = '100' WHERE key = '\(Watermarks.indexedThroughKey)'"
        ),
        Damage(
            "more records are indexed than there are",
            [.watermarks],
            sql: "UPDATE meta SET value = '9000' WHERE key = '\(Watermarks.indexedThroughKey)'"
        ),
        Damage(
            "a watermark is no number",
            [.notes],
            sql: "UPDATE meta SET value = '28O' WHERE key = '\(Watermarks.indexedThroughKey)'"
        ),
        Damage(
            "a watermark is lost",
            [.notes],
            sql: "DELETE FROM meta WHERE key = '\(Watermarks.indexedThroughKey)'"
        ),
        Damage(
            "more plates are packed than there are",
            [.plateNumbers],
            sql: "UPDATE meta SET value = '90000000000' WHERE key = '\(Watermarks.countedPlateKey)'"
        ),
        Damage(
            "fewer plates are packed than there are",
            [.plateNumbers],
            sql: "UPDATE meta SET value = '2' WHERE key = '\(Watermarks.countedPlateKey)'"
        ),
        Damage(
            "ids would be given again",
            [.watermarks],
            sql: "UPDATE meta SET value = '301' WHERE key = '\(Watermarks.latestRecordKey)'"
        ),
    ]

    static let others = [
        Damage(
            "a count of the blacklist is another",
            [.blacklistCounts],
            sql: "UPDATE blacklist_counts SET entries = entries + 1 WHERE kind = 1"
        ),
        Damage(
            "a count of the blacklist is lost",
            [.blacklistCounts],
            sql: "DELETE FROM blacklist_counts WHERE kind = 3"
        ),
        Damage(
            "a count of the blacklist too many",
            [.blacklistCounts],
            sql: "INSERT INTO blacklist_counts VALUES (2, 1, 1)"
        ),
        Damage("an alert is lost", [.alerts], sql: "DELETE FROM alerts"),
        Damage(
            "an alert too many",
            [.alerts],
            sql: "INSERT INTO alerts VALUES (900, 5000, 1, 1, 'x', 0)"
        ),
        Damage("an alert is another", [.alerts], sql: "UPDATE alerts SET certain = 1 - certain"),
        Damage("a camera is lost", [.references], sql: "DELETE FROM cameras WHERE id = 2"),
        Damage("a place is lost", [.references], sql: "DELETE FROM places WHERE camera = 2"),
        Damage("a plate is lost", [.references], sql: "DELETE FROM plates WHERE id = 2"),
        Damage("an entry is lost", [.references], sql: "DELETE FROM blacklist WHERE id = 1"),
        Damage(
            "a picture of a record that never was",
            [.references],
            sql: "INSERT INTO pictures VALUES (9000, 3, '2026/01/01/0123456789abcdef.png')"
        ),
        Damage(
            "a session of no person",
            [.references],
            sql: "INSERT INTO sessions VALUES (x'00', 7, 0, 0, '', '')"
        ),
        Damage(
            "a recovery code of no person",
            [.references],
            sql: "INSERT INTO recovery_codes VALUES (7, x'00')"
        ),
        Damage(
            "an entry of the audit is another",
            [.audit],
            sql: "UPDATE audit SET who = 'x' WHERE id = 2"
        ),
        Damage("an event is lost", [.eventLog], sql: "DELETE FROM events WHERE id = 5"),
        Damage("an event is unknown", [.eventLog], sql: "UPDATE events SET kind = 70 WHERE id = 5"),
    ]
}
