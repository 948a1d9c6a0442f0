import GRDB
import Testing

@testable import Core

@Suite struct HeavyHitterCountsTests {
    /// A database that was counted before there were counts by camera gets those of its frequent plates.
    @Test func frequentPlatesOfTheVersionBeforeAreCounted() throws {
        let queue = try TestSite.databaseInMemory()
        try Schema.migrator.migrate(queue, upTo: "5 counted plates")
        let many = Limits().recordsPerFrequentPlate
        try queue.write { db in
            try db.execute(
                sql: """
                    DROP TABLE plate_cameras;
                    INSERT INTO plates (id, number, province, text) VALUES
                        (1, 'กข1', 0, 'กข 1'), (2, 'AB2', 40, 'AB 2');
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(2 * many))
                    INSERT INTO records (id, camera, plate, seen, delay, hit)
                    SELECT i, 1 + i % 4 / 2, 1 + i % 2, i, 0, 0 FROM n;
                    DELETE FROM records WHERE id = 2;
                    """
            )
            var limits = Limits()
            limits.recordsPerFrequentPlate = .max
            var pages = try PackedPlateTable(db, limits: limits)
            try db.execute(
                sql: "CREATE TABLE plate_cameras (plate INTEGER PRIMARY KEY, reads BLOB)"
            )
            try pages.countAll(db)
            try db.execute(sql: "DROP TABLE plate_cameras")
        }
        try Schema.migrator.migrate(queue)
        try queue.read { db in
            // Of plate 1 one record is missing.
            #expect(try HeavyHitterCounts(db).plates() == [2])
            let reads = try HeavyHitterCounts(db).reads(of: [1, 2], camera: 2)
            #expect(reads.ofCamera == many / 2 && reads.ofAll == many && reads.plates == [2])
        }
    }
}
