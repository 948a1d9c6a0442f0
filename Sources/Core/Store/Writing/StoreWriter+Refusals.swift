import GRDB

extension StoreWriter {
    /// Adds counts of refusals to their cameras, each of which gets one event.
    ///
    /// Only a known camera has counters: invented names leave no row.
    func count(_ counts: [RefusalCount]) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO refusals (camera, day, code, count, field, message, at)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                count = count + excluded.count, field = excluded.field,
                message = excluded.message, at = excluded.at
                """
        )
        var changed: Set<Int64> = []
        for count in counts {
            guard let camera = cameras[count.cameraID]?.id else { continue }
            try statement.execute(
                arguments: [
                    camera, count.day.daysSinceEpoch, count.refusal.code, count.refusal.count,
                    count.refusal.field, count.refusal.message, count.refusal.at.milliseconds,
                ]
            )
            changed.insert(camera)
        }
        for camera in changed.sorted() { try announce("refused", camera: camera) }
    }
}
