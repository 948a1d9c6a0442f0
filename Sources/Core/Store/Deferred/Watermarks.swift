import GRDB

/// The watermarks of the packed pages (``PackedPlateTable``) in one snapshot.
struct Watermarks {
    /// Records up to this id are counted and indexed.
    var indexedThrough: Int64 = 0
    /// Plates up to this id are in the pages.
    var countedPlate: Int64 = 0
    /// The id of the latest record.
    var latestRecord: Int64 = 0
    /// The number of purges of plates: packed pages are cached per generation.
    var purgeGeneration: Int64 = 0

    /// Their keys in the table `meta`.
    static let keys = [indexedThroughKey, countedPlateKey, latestRecordKey, purgeGenerationKey]
    static let indexedThroughKey = "indexed_through"
    static let countedPlateKey = "counted_plate"
    static let latestRecordKey = "latest_record"
    static let purgeGenerationKey = "purge_generation"

    /// Reads the watermarks.
    init(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT key, CAST(value AS INTEGER) FROM meta WHERE key IN
                    ('indexed_through', 'counted_plate', 'latest_record', 'purge_generation')
                    """
            )
        )
        while let row = try rows.next() {
            switch row[0] as String {
            case "indexed_through": indexedThrough = row[1]
            case "counted_plate": countedPlate = row[1]
            case "latest_record": latestRecord = row[1]
            default: purgeGeneration = row[1]
            }
        }
    }

    /// Stores the watermarks of ``PackedPlateTable``; the writer stores the latest record.
    func write(_ db: Database) throws {
        let marks = [
            ("indexed_through", indexedThrough), ("counted_plate", countedPlate),
            ("purge_generation", purgeGeneration),
        ]
        for (key, mark) in marks { try db.setMeta(key, "\(mark)") }
    }
}
