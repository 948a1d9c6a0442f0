/// The numbers of what a clean-up removed.
public struct Removal: Sendable, Equatable {
    /// Records, with their pictures and alerts.
    public var records = 0
    /// Health checks, health reports and counts of refusals.
    public var healthEntries = 0
}

extension Recorder {
    /// Stores a read and returns once it is on disk.
    public func record(_ read: Read) async throws(Refusal) -> Receipt {
        try await outcome { offer(read, $0) }
    }

    /// Stores reads in one commit and returns once they are on disk; receipts are in the same order.
    public func record(_ reads: [Read]) async throws(Refusal) -> [Receipt] {
        try await outcome { offer(reads, [], $0) }
    }

    /// Stores a detection with its reads and returns once they are on disk.
    public func record(_ detection: Detection) async throws(Refusal) -> DetectionReceipt {
        try await outcome { offer(detection, $0) }
    }

    func outcome<T: Sendable>(
        _ offer: (@escaping WriteJob.Done<T>) -> Void
    ) async throws(Refusal) -> T {
        let result: Result<T, Refusal> = await withCheckedContinuation { continuation in
            offer { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Stores a camera's health report; returns its id.
    public func record(_ report: HealthReport) async throws(Refusal) -> Int64 {
        try await outcome { offer(report, $0) }
    }

    /// Like ``record(_:)-(HealthReport)``, but returns at once.
    public func offer(
        _ report: HealthReport,
        _ done: @escaping @Sendable (Result<Int64, Refusal>) -> Void
    ) {
        offer(change: { try $0.insert(report) }) { result in
            done(result.mapError { $0.of(report.cameraID) })
        }
    }

    /// Stores a check of the server's health.
    public func record(_ check: HealthCheck) async throws(Refusal) {
        try await change { try $0.insert(check) }
    }

    /// Counts refusals at the known cameras.
    public func record(_ counts: [RefusalCount]) async throws(Refusal) {
        try await change { try $0.count(counts) }
    }

    /// A camera says that it is there, and at which checkpoint.
    ///
    /// Returns at once: what a socket says is kept in its order, so that its end does not overtake its beginning.
    public func offer(
        _ registration: CameraRegistration,
        _ done: @escaping @Sendable (Result<Void, Refusal>) -> Void
    ) {
        let id = registration.cameraID
        offer(change: { try $0.register(id, checkpointID: registration.checkpointID) }) { result in
            done(result.mapError { $0.of(id) })
        }
    }

    /// Like ``disconnect(cameraID:)``, but returns at once.
    public func offerDisconnection(
        cameraID: String,
        _ done: @escaping @Sendable (Result<Void, Refusal>) -> Void
    ) {
        let now = clock()
        offer(change: { try $0.disconnect(cameraID, at: now) }, done)
    }

    /// Disconnects a camera whose socket was closed.
    public func disconnect(cameraID: String) async throws(Refusal) {
        try await outcome { offerDisconnection(cameraID: cameraID, $0) }
    }

    /// Disconnects cameras that were silent for too long.
    public func disconnectSilentCameras() async throws(Refusal) {
        try await change { try $0.disconnectSilentCameras() }
    }

    /// Adds a plate to the blacklist; returns the entry's id.
    ///
    /// The next read is matched against it.
    ///
    /// Throws ``Refusal`` `.conflict` if the plate is listed already.
    public func addToBlacklist(_ draft: BlacklistDraft, by actor: Actor) async throws(Refusal)
        -> Int64
    {
        try await change { try $0.addToBlacklist(draft, by: actor) }
    }

    /// Adds plates to the blacklist in one commit; returns each one's id or refusal, in their order.
    public func addToBlacklist(
        _ drafts: [BlacklistDraft],
        by actor: Actor
    ) async throws(Refusal) -> [Result<Int64, Refusal>] {
        try await change { try $0.addToBlacklist(drafts, by: actor) }
    }

    /// Removes an entry from the blacklist; it stays as history.
    ///
    /// Throws ``Refusal`` `.notFound` for an unknown id, `.conflict` for an inactive entry.
    public func removeFromBlacklist(
        entryID: Int64,
        removedBy name: String? = nil,
        by actor: Actor
    ) async throws(Refusal) {
        try await change {
            try $0.removeFromBlacklist(entryID, removedBy: name, by: actor)
        }
    }

    /// Notes which entries of the blacklist have expired, so that pages show it.
    public func noteExpiries() async throws(Refusal) {
        try await change { try $0.noteExpiries() }
    }

    /// Deletes a record with its alert and picture.
    ///
    /// Throws ``Refusal`` `.notFound` if there is no such record.
    public func deleteRecord(id: Int64, by actor: Actor) async throws(Refusal) {
        try await change { try $0.deleteRecord(id, by: actor) }
    }

    /// Removes records received, and health entries made, more than `days` ago.
    ///
    /// Works in steps of 500 records, between which reads are stored as usual.
    public func removeOld(days: Int, by actor: Actor) async throws(Refusal) -> Removal {
        var removal = Removal()
        let before = clock().adding(seconds: -days * 86_400)
        removal.records = try await removeRecords(before: before)
        removal.healthEntries = try await removeHealth(before: before)
        try await change { try $0.deleteDetections(before: before) }
        // An hourly clean-up that found nothing is not audited.
        guard actor != .system || removal != Removal() else { return removal }
        let detail = "records \(removal.records), health entries \(removal.healthEntries)"
        try await change {
            try $0.audit(
                actor,
                "records.clean_up",
                subject: "older than \(days) days",
                detail: detail
            )
        }
        return removal
    }

    /// Removes health checks and reports from before an instant; returns how many.
    public func removeHealth(before instant: Timestamp) async throws(Refusal) -> Int {
        try await change { try $0.deleteHealth(before: instant) }
    }

    private func removeRecords(before instant: Timestamp) async throws(Refusal) -> Int {
        var removed = 0
        while true {
            let step = try await change {
                try $0.deleteRecords(receivedBefore: instant, limit: 500)
            }
            removed += step
            if step == 0 { return removed }
        }
    }

    /// Updates SQLite's index statistics.
    ///
    /// Deliberately no `VACUUM`: it would block every read while it copies the database.
    public func optimize(by actor: Actor) async throws(Refusal) {
        try await change { try $0.optimize(by: actor) }
        // Statistics are tables: the schema's number may have changed.
        store.noteSchema()
    }

    /// Appends the `site` event: pages that show everything up to an event are published.
    public func announceSite(eventID: Int64, pages: Int) async throws(Refusal) {
        try await change { try $0.announceSite(eventID: eventID, pages: pages) }
    }

    /// Stores the site's current day.
    public func advanceDay(to day: Day) async throws(Refusal) {
        try await change { try $0.advanceDay(to: day) }
    }
}
