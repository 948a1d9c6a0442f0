import GRDB

/// A part of a check that looks at each record, in the order of the ids.
protocol RecordVisitor {
    func visit(_ record: RecordScan.Row) throws
    /// There are no more records.
    func finish() throws
}

/// Reads all records once for several parts of a check.
enum RecordScan {
    /// The record at which the scan is; only valid during a visit.
    struct Row {
        private let rows: RawStatement

        fileprivate init(_ rows: RawStatement) { self.rows = rows }

        var id: Int64 { rows.integer(0) }
        var camera: Int64 { rows.integer(1) }
        var plate: Int64 { rows.integer(2) }
        var seen: Int64 { rows.integer(3) }
        var hit: Int64 { rows.integer(4) }
        /// −1 for none.
        var percent: Int64 { rows.isNull(5) ? -1 : rows.integer(5) }
        var confidence: Double? { rows.isNull(6) ? nil : rows.double(6) }
        var place: Int64? { rows.isNull(7) ? nil : rows.integer(7) }
        var hasEventID: Bool { !rows.isNull(8) }
        /// The bytes of the event id's column, and whether they are packed ones.
        var eventID: (bytes: [UInt8], isPacked: Bool) { (rows.bytes(8), rows.integer(9) == 1) }
        var picture: String? { rows.text(10) }
        /// Whether the picture was damaged when it came.
        var cameDamaged: Bool { rows.integer(11) == 1 }
    }

    /// Records after which progress is reported.
    private static let recordsPerReport = 250_000

    /// SQL of whether a picture of a record was damaged when it came.
    static let cameDamaged = "instr(IFNULL(warnings, ''), '\"code\":\"\(Warning.damaged)\"') > 0"

    static func run(_ run: CheckRun, _ visitors: [any RecordVisitor]) throws {
        let rows = try RawStatement(
            run.db,
            """
            SELECT id, camera, plate, seen, hit, percent, confidence, place, event_id,
                typeof(event_id) = 'blob', picture,
                picture IS NOT NULL AND \(cameDamaged)
            FROM records ORDER BY id
            """
        )
        defer { rows.rewind() }
        try rows.bind()
        var count = 0
        while try rows.next() {
            let row = Row(rows)
            for visitor in visitors { try visitor.visit(row) }
            count += 1
            if count.isMultiple(of: recordsPerReport) { run.progress("records: \(count)") }
        }
        for visitor in visitors { try visitor.finish() }
    }
}

/// Sums the expected rows of the indexes by plate and by camera; and checks each record's integer percent.
struct IndexSumVisitor: RecordVisitor {
    private let run: CheckRun

    init(_ run: CheckRun) { self.run = run }

    func visit(_ record: RecordScan.Row) {
        let expected = record.confidence.map { Int64(Confidence(kept: $0).percent) } ?? -1
        if record.percent != expected {
            run.findings.add(.percents, "record \(record.id)")
        }
        guard record.id <= run.marks.indexedThrough else { return }
        let (id, plate, camera) = (record.id, record.plate, record.camera)
        run.plateSums.add(
            IndexRow(key: plate, seen: record.seen, id: id, other: camera, percent: -1)
        )
        run.cameraSums.add(
            IndexRow(key: camera, seen: record.seen, id: id, other: plate, percent: record.percent)
        )
    }

    func finish() {}
}

/// Compares alerts with the marked records, both in the order of the records' ids.
final class AlertVisitor: RecordVisitor {
    private let run: CheckRun
    private let alerts: RawStatement
    private var isAtAlert: Bool

    init(_ run: CheckRun) throws {
        self.run = run
        alerts = try RawStatement(run.db, "SELECT record, certain FROM alerts ORDER BY record")
        try alerts.bind()
        isAtAlert = try alerts.next()
    }

    func visit(_ record: RecordScan.Row) throws {
        try skip(before: record.id)
        guard isAtAlert, alerts.integer(0) == record.id else {
            if record.hit > 0 { run.findings.add(.alerts, "record \(record.id) has no alert") }
            return
        }
        if record.hit != (alerts.integer(1) == 1 ? 1 : 2) {
            run.findings.add(.alerts, "record \(record.id) is marked otherwise than its alert")
        }
        isAtAlert = try alerts.next()
    }

    func finish() throws {
        try skip(before: .max)
        alerts.rewind()
    }

    private func skip(before id: Int64) throws {
        while isAtAlert, alerts.integer(0) < id {
            run.findings.add(.alerts, "record \(alerts.integer(0)) of an alert does not exist")
            isAtAlert = try alerts.next()
        }
    }
}

/// Looks for the camera and the place that each record names.
final class ReferenceVisitor: RecordVisitor {
    private let run: CheckRun
    private let cameras: Set<Int64>
    private let place: RawStatement
    /// The place that each camera's records named last.
    private var known: [Int64: Int64] = [:]

    init(_ run: CheckRun) throws {
        self.run = run
        cameras = try Int64.fetchSet(run.db, sql: "SELECT id FROM cameras")
        place = try RawStatement(run.db, "SELECT camera FROM places WHERE id = ?")
    }

    func visit(_ record: RecordScan.Row) throws {
        let camera = record.camera
        if !cameras.contains(camera) {
            run.findings.add(.references, "record \(record.id) names camera \(camera)")
        }
        guard let id = record.place, known[camera] != id else { return }
        try place.bind(id)
        if try place.next(), place.integer(0) == camera {
            known[camera] = id
        } else {
            run.findings.add(.references, "record \(record.id) names place \(id)")
        }
        place.rewind()
    }

    func finish() {}
}
