@testable import Core

/// A store's answers to one query of each kind, as lines of text: to compare a store with itself after a change that
/// must not alter an answer.
///
/// Each field is named here, so that a later field does not change a line.
struct StoreAnswers {
    private let snapshot: Snapshot
    private let now: Timestamp
    private(set) var lines: [String] = []

    /// Runs all queries; `plates` are the search texts.
    static func lines(_ snapshot: Snapshot, at now: Timestamp, plates: [String]) throws -> [String]
    {
        var answers = StoreAnswers(snapshot: snapshot, now: now)
        try answers.askForRecords(plates)
        try answers.askForCounters()
        try answers.askForBlacklist(plates)
        try answers.askForTheRest()
        return answers.lines
    }

    private init(snapshot: Snapshot, now: Timestamp) { (self.snapshot, self.now) = (snapshot, now) }

    private mutating func add(_ name: String, _ fields: Any?...) {
        let texts = fields.map { field in field.map { "\($0)" } ?? "-" }
        lines.append(name + ": " + texts.joined(separator: " | "))
    }

    private mutating func add(_ name: String, _ record: Record) {
        add(
            name,
            record.id,
            record.cameraID,
            record.plate.text,
            record.plate.number,
            record.plate.province?.code,
            record.confidence?.sent,
            record.seenAt.milliseconds,
            record.receivedAt.milliseconds,
            record.claimedTime?.milliseconds,
            record.picturePath,
            record.location.text,
            record.location.latitude,
            record.location.longitude,
            record.match?.hitCode,
            record.matchReason,
            record.listedPlate,
            record.eventID,
            record.details,
            record.warnings
        )
    }

    private mutating func askForRecords(_ plates: [String]) throws {
        var query = RecordQuery(perPage: 10_000)
        for record in try snapshot.records(query).records { add("record", record) }
        var queries: [RecordQuery] = []
        let cameras = try snapshot.cameras().map(\.id)
        for camera in [nil] + cameras {
            query = RecordQuery(perPage: 5)
            query.cameraID = camera
            queries.append(query)
            for plate in plates {
                for match in RecordQuery.PlateMatch.allCases {
                    query.plate = .init(text: plate, match: match)
                    queries.append(query)
                }
            }
        }
        let days = try snapshot.daysWithRecords().map(\.day)
        for day in [nil] + days {
            for percent in [nil, 0, 50, 90] as [Double?] {
                for blacklisted in [nil, true, false] as [Bool?] {
                    query = RecordQuery(perPage: 5)
                    (query.dateFrom, query.dateTo) = (day, day)
                    (query.confidencePercentMin, query.blacklisted) = (percent, blacklisted)
                    queries.append(query)
                }
            }
        }
        for query in queries {
            let page = try snapshot.records(query)
            add(
                "query",
                query.cameraID,
                query.plate?.text,
                query.plate?.match,
                query.dateFrom,
                query.confidencePercentMin,
                query.blacklisted,
                page.total,
                page.records.map { "\($0.id)" }.joined(separator: ",")
            )
        }
    }

    private mutating func askForCounters() throws {
        let statistics = try snapshot.statistics()
        add("today", statistics.day, statistics.today, statistics.total)
        for hour in statistics.hours { add("hour", hour) }
        for day in statistics.days { add("day", day.day, day.count) }
        for day in try snapshot.daysWithRecords() {
            add("day with records", day.day, day.count)
            let ofDay = try snapshot.statistics(of: day.day)
            for camera in statistics.cameras {
                let hours = ofDay.hours(ofCamera: camera.number)
                add("day of camera", camera.id, ofDay.count(ofCamera: camera.number), hours)
            }
        }
        for camera in statistics.cameras {
            add(
                "camera",
                camera.number,
                camera.id,
                camera.checkpointID,
                camera.location,
                camera.isConnected,
                camera.firstHeardAt.milliseconds,
                camera.lastHeardAt.milliseconds,
                camera.lastReadAt?.milliseconds,
                camera.reads,
                camera.hits,
                camera.healthStatus,
                camera.refusedToday,
                camera.lastRefusal?.code,
                camera.lastRefusal?.count,
                camera.clockOffsetMilliseconds,
                camera.clockMeasuredAt?.milliseconds
            )
        }
        let newest = try snapshot.newestOfCameras(3)
        for camera in statistics.cameras {
            add("newest of camera", camera.id, try newest.ids(ofCamera: camera.number))
        }
        add("newest", try snapshot.newestIDs(10), try snapshot.newestHitIDs(10))
    }

    private mutating func askForBlacklist(_ plates: [String]) throws {
        var query = BlacklistQuery(perPage: 1_000)
        query.all = true
        for entry in try snapshot.blacklist(query, at: now).entries {
            add(
                "entry",
                entry.id,
                entry.plate.text,
                entry.plate.number,
                entry.plate.province?.code,
                entry.reason,
                entry.addedBy,
                entry.expiry?.text,
                entry.expiry?.instant.milliseconds,
                entry.notes,
                entry.isActive,
                entry.createdAt.milliseconds,
                entry.updatedAt.milliseconds,
                entry.removedBy
            )
        }
        for all in [false, true] {
            for plate in [nil] + plates {
                query = BlacklistQuery(perPage: 5)
                query.all = all
                query.plate = plate.map { .init(text: $0, match: .contains) }
                let page = try snapshot.blacklist(query, at: now)
                add("list", all, plate, page.total, page.entries.map(\.id))
            }
        }
        add("list lengths", try snapshot.listLengths(), try snapshot.blacklistCounts(at: now))
    }

    private mutating func askForTheRest() throws {
        for record in try snapshot.detections(since: Timestamp(milliseconds: 0), limit: 100) {
            add("hit", record)
        }
        for report in try snapshot.healthReports(since: Timestamp(milliseconds: 0), limit: 100) {
            add(
                "health report",
                report.id,
                report.cameraID,
                report.component,
                report.status,
                report.message,
                report.details,
                report.receivedAt.milliseconds
            )
        }
        for check in try snapshot.healthChecks(since: Timestamp(milliseconds: 0), limit: 100) {
            add("health check", check.checkedAt.milliseconds, check.overall)
        }
        let counts = try snapshot.databaseCounts(at: now)
        add(
            "counts",
            counts.records,
            counts.plates,
            counts.cameras,
            counts.blacklistEntries,
            counts.alerts,
            counts.healthChecks,
            counts.oldestRecord?.milliseconds
        )
        add("newest event", try snapshot.newestEventID(), try snapshot.oldestEventID())
        for event in try snapshot.events(after: 0, limit: 10_000) {
            add("event", event.id, event.kind, event.at.milliseconds, event.cameraID)
        }
    }
}
