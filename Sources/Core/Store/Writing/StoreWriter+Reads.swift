import GRDB

extension StoreWriter {
    /// The result of a read inside the transaction; a ``Receipt`` needs the ``CommitProof``, too.
    struct Entry: Sendable {
        let recordID: Int64
        let isDuplicate: Bool
        let match: BlacklistMatch?
    }

    /// Inserts a read, or finds the record of the same (`camera_id`, `event_id`).
    ///
    /// Its picture is on disk already.
    func insert(_ pending: PendingRead) throws -> Entry {
        let read = pending.read
        try requireUpToDate()
        let camera = try touchCamera(read.cameraID, at: read.receivedAt)
        let event = read.eventID.map(PackedEventID.init)
        let eventHash = event.map { dedupIndex.hash(camera: camera, $0) }
        if let event, let eventHash,
            let kept = try findDeleted(event, eventHash, camera: camera)
                ?? find(event, eventHash, camera: camera)
        {
            return acknowledgeDuplicate(kept, camera: camera, pending)
        }
        let plate = try plate(for: read.plate)
        let hit = try match(read.plate)
        let seen = read.seenAt(limits: limits)
        let knownPlace = knownPlace(of: read)
        let recordID = try insertRecord(
            pending,
            event: event,
            camera: camera,
            plate: plate,
            seen: seen,
            hit: hit?.match,
            knownPlace: knownPlace
        )
        for picture in pending.pictures where picture.subject != .image {
            try insert(picture, record: recordID)
        }
        if let eventHash { dedupIndex.add(eventHash, record: recordID) }
        deltas.count(
            camera: camera,
            seen: seen,
            isHit: hit != nil,
            confidence: read.confidence,
            by: 1,
            calendar: calendar
        )
        deltas.touch(
            camera: camera,
            at: read.receivedAt,
            read: seen,
            by: read.cameraTime,
            location: knownPlace == nil ? read.location : .unknown
        )
        try append(.read, camera: camera, subject: recordID)
        if let hit { try raise(hit, camera: camera, recordID: recordID) }
        return Entry(recordID: recordID, isDuplicate: false, match: hit?.match)
    }

    /// A duplicate: its pictures are removed, its camera is touched.
    private func acknowledgeDuplicate(
        _ kept: Entry,
        camera: Int64,
        _ pending: PendingRead
    ) -> Entry {
        for picture in pending.pictures { picturesToRemove.append(picture.path) }
        touchedWithoutEvent.insert(camera)
        return kept
    }

    /// The record with the same event id; nil if the read is new.
    private func find(_ event: PackedEventID, _ hash: DedupHash, camera: Int64) throws -> Entry? {
        for record in try dedupIndex.candidates(hash) {
            let statement = statements.findRead
            statement.bind(1, record)
            statement.bind(2, camera)
            statement.bind(3, event)
            let hit = try statement.row { BlacklistMatch(hitCode: Int($0.integer(0))) }
            if let hit { return Entry(recordID: record, isDuplicate: true, match: hit) }
        }
        return nil
    }

    /// The record of a camera's own id of a read; nil if there is none.
    func recordID(cameraID: String, eventID: String) throws -> Int64? {
        guard let camera = cameras[cameraID]?.id else { return nil }
        let event = PackedEventID(eventID)
        return try find(event, dedupIndex.hash(camera: camera, event), camera: camera)?.recordID
    }

    /// A read that an operator deleted is acknowledged again, but does not come back.
    private func findDeleted(
        _ event: PackedEventID,
        _ hash: DedupHash,
        camera: Int64
    ) throws -> Entry? {
        guard deletedReads.mayHold(hash) else { return nil }
        return try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT record FROM deleted_reads WHERE camera = ? AND event_id = ?"
            ),
            arguments: [camera, event.text]
        ).map { Entry(recordID: $0, isDuplicate: true, match: nil) }
    }

    /// Returns the new record's id.
    private func insertRecord(
        _ pending: PendingRead,
        event: PackedEventID?,
        camera: Int64,
        plate: KnownPlate,
        seen: Timestamp,
        hit: BlacklistMatch?,
        knownPlace: Int64?
    ) throws -> Int64 {
        let read = pending.read
        let id = latestRecordID + 1
        let claimed = read.claimedTime(limits: limits)
        let place = read.location == .unknown ? nil : knownPlace ?? id
        let statement = statements.insertRead
        statement.bind(1, id)
        statement.bind(2, camera)
        statement.bind(3, plate.id)
        statement.bind(4, seen.milliseconds)
        statement.bind(5, read.receivedAt.milliseconds - seen.milliseconds)
        statement.bind(6, hit?.hitCode ?? 0)
        statement.bind(7, read.confidence.map { Int64($0.percent) })
        statement.bind(8, read.confidence?.sent)
        statement.bind(9, place)
        statement.bind(10, event)
        statement.bind(11, pending.pictures.first?.path)
        statement.bind(12, claimed?.milliseconds)
        statement.bind(13, read.plate.text == plate.text ? nil : read.plate.text)
        statement.bind(14, read.details.isEmpty ? nil : JSON.object(read.details).json)
        statement.bind(15, read.warnings.kept)
        statement.bind(16, bytes: pending.pictureDigest)
        try statement.execute()
        latestRecordID = id
        if place == id { try insertPlace(of: read, camera: camera, recordID: id) }
        return id
    }

    /// The row of the read's location, if it is its camera's latest one.
    private func knownPlace(of read: Read) -> Int64? {
        guard let known = cameras[read.cameraID]?.place, known.location == read.location else {
            return nil
        }
        return known.id
    }

    /// Adds a location: from this record on the camera's reads have it.
    ///
    /// After a start each camera gets a new row; looking up the old ones would cost more than they do.
    private func insertPlace(of read: Read, camera: Int64, recordID: Int64) throws {
        let statement = statements.insertPlace
        statement.bind(1, recordID)
        statement.bind(2, camera)
        statement.bind(3, read.location.text)
        statement.bind(4, read.location.latitude)
        statement.bind(5, read.location.longitude)
        try statement.execute()
        cameras[read.cameraID]?.place = KnownPlace(id: recordID, location: read.location)
    }

    private func raise(
        _ hit: Hit,
        camera: Int64,
        recordID: Int64
    ) throws {
        try db.execute(
            sql:
                "INSERT INTO alerts (record, entry, certain, reason, raised) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                recordID, hit.entryID, hit.match == .certain, hit.reason, now.milliseconds,
            ]
        )
        try append(.alert, camera: camera, subject: db.lastInsertedRowID)
    }

    /// The plate's row; inserts one for a new plate.
    private func plate(for plate: Plate) throws -> KnownPlate {
        let key = PlateKey(number: plate.number, province: plate.province?.code ?? 0)
        if let known = plates[key] { return known }
        if plates.count >= StoreWriter.platesMax { plates.removeAll(keepingCapacity: true) }
        if let known = try find(key) {
            plates[key] = known
            return known
        }
        let new = try insert(key, text: plate.text)
        plates[key] = new
        return new
    }

    private func find(_ key: PlateKey) throws -> KnownPlate? {
        let statement = statements.findPlate
        statement.bind(1, key.number)
        statement.bind(2, key.province)
        return try statement.row { KnownPlate(id: $0.integer(0), text: $0.text(1) ?? "") }
    }

    private func insert(_ key: PlateKey, text: String) throws -> KnownPlate {
        let statement = statements.insertPlate
        statement.bind(1, latestPlateID + 1)
        statement.bind(2, key.number)
        statement.bind(3, key.province)
        statement.bind(4, text)
        try statement.execute()
        latestPlateID += 1
        return KnownPlate(id: latestPlateID, text: text)
    }

    /// Inserts a detection with its reads, or finds the one of the same (`camera_id`, `event_id`).
    func insert(
        _ detection: Detection,
        _ reads: [PendingRead]
    ) throws -> (id: Int64, entries: [Entry]) {
        let camera = try touchCamera(detection.cameraID, at: detection.receivedAt)
        if let eventID = detection.eventID,
            let row = try Row.fetchOne(
                db,
                sql: "SELECT id FROM detections WHERE camera = ? AND event_id = ?",
                arguments: [camera, eventID]
            )
        {
            picturesToRemove.append(contentsOf: reads.flatMap(\.picturePaths))
            touchedWithoutEvent.insert(camera)
            return (row["id"], [])
        }
        if reads.isEmpty { touchedWithoutEvent.insert(camera) }
        let entries = try reads.map(insert)
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
