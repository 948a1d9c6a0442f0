import GRDB

extension Ledger {
    /// What became of a read inside the transaction; a ``Receipt`` only exists after the commit.
    struct Entry {
        let recordID: Int64
        let isDuplicate: Bool
        let match: BlacklistMatch?
    }

    /// Inserts a read, or finds the record of the same (`camera_id`, `event_id`).
    ///
    /// `picturePath` is where its picture has been kept already, on disk.
    func insert(_ read: Read, picturePath: String?) throws -> Entry {
        let camera = try hear(read.cameraID, at: read.receivedAt)
        if let kept = try find(camera: camera, eventID: read.eventID) {
            if let picturePath { picturesToRemove.append(picturePath) }
            heardQuietly.insert(camera)
            return kept
        }
        let plate = try plate(for: read.plate)
        let hit = blacklist.match(read.plate, at: now)
        let seen = read.seenAt(limits: limits)
        let recordID = try insertRecord(
            read,
            camera: camera,
            plate: plate,
            seen: seen,
            hit: hit?.match,
            picturePath: picturePath
        )
        tally.count(camera: camera, seen: seen, isHit: hit != nil, by: 1, calendar: calendar)
        tally.heard(camera: camera, at: read.receivedAt, read: seen, location: read.location)
        try append(.read, camera: camera, subject: recordID)
        if let hit { try raise(hit, camera: camera, recordID: recordID) }
        return Entry(recordID: recordID, isDuplicate: false, match: hit?.match)
    }

    /// The record of a read that was kept before; nil where there is none.
    func find(camera: Int64, eventID: String?) throws -> Entry? {
        guard let eventID else { return nil }
        let statement = statements.findRead
        statement.bind(1, camera)
        statement.bind(2, eventID)
        let kept = try statement.row {
            Entry(
                recordID: $0.integer(0),
                isDuplicate: true,
                match: BlacklistMatch(hitCode: Int($0.integer(1)))
            )
        }
        if let kept { return kept }
        return try findDeleted(camera: camera, eventID: eventID)
    }

    /// A read that an operator deleted is acknowledged again, but does not come back.
    private func findDeleted(camera: Int64, eventID: String) throws -> Entry? {
        guard hasDeletedReads else { return nil }
        return try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT record FROM deleted_reads WHERE camera = ? AND event_id = ?"
            ),
            arguments: [camera, eventID]
        ).map { Entry(recordID: $0, isDuplicate: true, match: nil) }
    }

    private func insertRecord(
        _ read: Read,
        camera: Int64,
        plate: KnownPlate,
        seen: Timestamp,
        hit: BlacklistMatch?,
        picturePath: String?
    ) throws -> Int64 {
        let claimed = read.clockIsAhead(limits: limits) ? read.cameraTime : nil
        let statement = statements.insertRead
        statement.bind(1, camera)
        statement.bind(2, plate.id)
        statement.bind(3, seen.milliseconds)
        statement.bind(4, read.receivedAt.milliseconds)
        statement.bind(5, claimed?.milliseconds)
        statement.bind(6, read.confidence?.sent)
        statement.bind(7, hit?.hitCode ?? 0)
        statement.bind(8, read.plate.text == plate.text ? nil : read.plate.text)
        statement.bind(9, read.location.text)
        statement.bind(10, read.location.latitude)
        statement.bind(11, read.location.longitude)
        statement.bind(12, picturePath)
        statement.bind(13, read.eventID)
        statement.bind(14, read.details.isEmpty ? nil : JSON.object(read.details).json)
        return try statement.run()
    }

    private func raise(
        _ hit: (entry: BlacklistIndex.Entry, match: BlacklistMatch),
        camera: Int64,
        recordID: Int64
    ) throws {
        try db.execute(
            sql:
                "INSERT INTO alerts (record, entry, certain, reason, raised) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                recordID, hit.entry.id, hit.match == .certain, hit.entry.reason, now.milliseconds,
            ]
        )
        try append(.alert, camera: camera, subject: db.lastInsertedRowID)
    }

    /// The plate's row; makes one for a plate that was never seen.
    private func plate(for plate: Plate) throws -> KnownPlate {
        let key = PlateKey(number: plate.number, province: plate.province?.code ?? 0)
        if let known = plates[key] { return known }
        if plates.count >= Ledger.platesMax { plates.removeAll(keepingCapacity: true) }
        let known = try find(key) ?? insert(key, text: plate.text)
        plates[key] = known
        return known
    }

    private func find(_ key: PlateKey) throws -> KnownPlate? {
        let statement = statements.findPlate
        statement.bind(1, key.number)
        statement.bind(2, key.province)
        return try statement.row { KnownPlate(id: $0.integer(0), text: $0.text(1)) }
    }

    private func insert(_ key: PlateKey, text: String) throws -> KnownPlate {
        let statement = statements.insertPlate
        statement.bind(1, key.number)
        statement.bind(2, key.province)
        statement.bind(3, text)
        return KnownPlate(id: try statement.run(), text: text)
    }

    /// Inserts a detection with its reads, or finds the one of the same (`camera_id`, `event_id`).
    func insert(
        _ detection: Detection,
        picturePaths: [String?]
    ) throws -> (id: Int64, entries: [Entry]) {
        let camera = try hear(detection.cameraID, at: detection.receivedAt)
        if let eventID = detection.eventID,
            let row = try Row.fetchOne(
                db,
                sql: "SELECT id FROM detections WHERE camera = ? AND event_id = ?",
                arguments: [camera, eventID]
            )
        {
            picturesToRemove.append(contentsOf: picturePaths.compactMap(\.self))
            heardQuietly.insert(camera)
            return (row["id"], [])
        }
        if detection.reads.isEmpty { heardQuietly.insert(camera) }
        let entries = try zip(detection.reads, picturePaths).map {
            try insert($0, picturePath: $1)
        }
        try db.execute(
            sql: """
                INSERT INTO detections (camera, received, claimed, checkpoint, vehicles, plates,
                    first_record, event_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                camera, detection.receivedAt.milliseconds, detection.cameraTime?.milliseconds,
                detection.checkpointID, detection.vehicles, detection.plates,
                entries.first?.recordID, detection.eventID,
            ]
        )
        return (db.lastInsertedRowID, entries)
    }
}
