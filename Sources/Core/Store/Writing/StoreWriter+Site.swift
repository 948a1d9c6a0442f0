import Foundation
import GRDB

extension StoreWriter {
    /// Inserts a check of the server's health.
    func insert(_ check: HealthCheck) throws {
        let json = check.json
        try db.execute(
            sql: "INSERT INTO health_checks (at, overall, report) VALUES (?, ?, ?)",
            arguments: [check.checkedAt.milliseconds, check.overall.rawValue, json]
        )
        try append(.health, subject: db.lastInsertedRowID, data: json)
    }

    /// Appends the event of a new generation of pages.
    ///
    /// The publisher's own position is with its pages; it is kept here so that pruning the log names it.
    func announceSite(eventID: Int64, pages: Int) throws {
        try keepPosition(eventID, ofFollower: "publisher")
        try append(.site, data: EventData.site(through: eventID, pages: pages))
    }

    /// The end of the log, by a scan of all of it.
    static func logEnd(_ db: Database) throws -> LogEnd {
        let rows = try Row.fetchAll(db, sql: "SELECT kind, MAX(id) FROM events GROUP BY kind")
        let newest: [(Event.Kind, Int64)] = rows.compactMap { row in
            Event.Kind(code: row[0]).map { ($0, row[1]) }
        }
        return LogEnd(Dictionary(newest) { max($0, $1) })
    }

    /// Stores the site's current day: the only clock of the pages.
    func advanceDay(to day: Day) throws {
        guard try db.meta("today") != day.description else { return }
        try db.setMeta("today", day.description)
        try append(.stats, data: EventData.newDay(day))
    }

    /// Recounts everything if the counters are by another time zone's days.
    func adoptTimeZone() throws {
        let zone = calendar.timeZone.identifier
        let kept = try db.meta("time_zone")
        guard kept != zone else { return }
        try db.setMeta("time_zone", zone)
        guard kept != nil else { return }
        try db.execute(sql: "DELETE FROM hours; DELETE FROM days;")
        try db.execute(sql: "UPDATE cameras SET reads = 0, hits = 0")
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT camera, seen, hit, confidence FROM records ORDER BY seen"
        )
        while let row = try rows.next() {
            deltas.count(
                camera: row["camera"],
                seen: Timestamp(milliseconds: row["seen"]),
                isHit: (row["hit"] as Int) > 0,
                confidence: (row["confidence"] as Double?).map(Confidence.init(kept:)),
                by: 1,
                calendar: calendar
            )
        }
        try append(.stats, data: #"{"reason":"time_zone","time_zone":"\#(zone)"}"#)
    }
}

extension StoreWriter {
    /// The state of the retention clock; nil in a new database, or one of an older lprserver.
    func retentionClock() throws -> String? { try db.meta("retention_clock") }

    /// Stores the state of the retention clock.
    func setRetentionClock(_ text: String) throws { try db.setMeta("retention_clock", text) }

    /// The time of the newest event or record; nil if there is neither.
    func newestTime() throws -> Timestamp? {
        let event = try Int64.fetchOne(db, sql: "SELECT at FROM events ORDER BY id DESC LIMIT 1")
        return [Timestamp(event), try latestReceipt()].compactMap { $0 }.max()
    }
}
