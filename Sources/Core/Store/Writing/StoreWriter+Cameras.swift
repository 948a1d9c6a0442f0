import GRDB

extension StoreWriter {
    /// Loads all cameras.
    static func knownCameras(_ db: Database) throws -> [String: KnownCamera] {
        let rows = try Row.fetchAll(db, sql: "SELECT id, name, connected FROM cameras")
        return Dictionary(
            uniqueKeysWithValues: rows.map {
                ($0["name"], KnownCamera(id: $0["id"], isConnected: $0["connected"]))
            }
        )
    }

    /// Notes a message of a camera and returns its number; inserts a new camera.
    func touchCamera(_ cameraID: String, at instant: Timestamp) throws -> Int64 {
        if let known = cameras[cameraID] {
            deltas.touch(camera: known.id, at: instant)
            if !known.isConnected, instant >= known.disconnectedAt ?? instant {
                try connect(cameraID, known)
            }
            return known.id
        }
        try db.execute(
            sql: """
                INSERT INTO cameras (name, connected, first_heard, last_heard) VALUES (?, 1, ?, ?)
                """,
            arguments: [cameraID, instant.milliseconds, instant.milliseconds]
        )
        let id = db.lastInsertedRowID
        cameras[cameraID] = KnownCamera(id: id, isConnected: true)
        try announce("appeared", camera: id)
        return id
    }

    private func connect(_ cameraID: String, _ known: KnownCamera) throws {
        try db.execute(sql: "UPDATE cameras SET connected = 1 WHERE id = ?", arguments: [known.id])
        cameras[cameraID]?.isConnected = true
        try announce("connected", camera: known.id)
    }

    /// Registers a camera, with its checkpoint if it names one.
    func register(_ cameraID: String, checkpointID: String?) throws {
        let id = try touchCamera(cameraID, at: now)
        if let checkpointID {
            try db.execute(
                sql: "UPDATE cameras SET checkpoint = ? WHERE id = ?",
                arguments: [checkpointID, id]
            )
        }
        try announce("registered", camera: id)
    }

    /// Disconnects a camera whose socket was closed at an instant, or that was silent until then.
    ///
    /// Reads that it sent before may be written after that: those with pictures take longer.
    func disconnect(_ cameraID: String, at instant: Timestamp) throws {
        guard let known = cameras[cameraID], known.isConnected else { return }
        try db.execute(sql: "UPDATE cameras SET connected = 0 WHERE id = ?", arguments: [known.id])
        cameras[cameraID]?.isConnected = false
        cameras[cameraID]?.disconnectedAt = instant
        try announce("disconnected", camera: known.id)
    }

    /// Disconnects cameras that were silent for too long.
    func disconnectSilentCameras() throws {
        try deltas.flush(through: statements)
        let silentSince = now.adding(seconds: -limits.cameraSilentSeconds)
        let names = try String.fetchAll(
            db,
            sql: "SELECT name FROM cameras WHERE connected AND last_heard < ? ORDER BY name",
            arguments: [silentSince.milliseconds]
        )
        for name in names { try disconnect(name, at: now) }
    }

    /// Inserts a camera's health report; returns its id.
    func insert(_ report: HealthReport) throws -> Int64 {
        let camera = try touchCamera(report.cameraID, at: report.receivedAt)
        try db.execute(
            sql: """
                INSERT INTO health_reports (camera, at, component, status, message, details)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                camera, report.receivedAt.milliseconds, report.component, report.status.rawValue,
                report.message, report.details,
            ]
        )
        let id = db.lastInsertedRowID
        try db.execute(
            sql: "UPDATE cameras SET health = ? WHERE id = ?",
            arguments: [report.status.rawValue, camera]
        )
        try announce("health", camera: camera)
        return id
    }

    /// Announces the cameras whose last message had no event of its own.
    func announceQuietCameras() throws {
        for camera in touchedWithoutEvent.sorted() { try announce("heard", camera: camera) }
        touchedWithoutEvent = []
    }

    /// Appends the event of a camera's change, with the camera's current state.
    func announce(_ change: String, camera id: Int64) throws {
        let statement = try db.cachedStatement(sql: "\(Camera.selection) WHERE c.id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return }
        let data = EventData.camera(Camera(row: row), change: change)
        try append(.camera, camera: id, subject: id, data: data)
    }
}
