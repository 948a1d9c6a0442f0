public import Logging

/// Periodic work: silent cameras, the current day, health checks, retention, and the plate search cache.
public struct Housekeeping: Sendable {
    private let recorder: Recorder
    private let monitor: HealthMonitor
    private let checkMinutes: Int
    private let logger: Logger

    /// The interval in seconds between two looks at cameras and the day.
    private static let roundSeconds = 10
    /// Rounds between two clean-ups: an hour.
    private static let cleanUpRounds = 360

    /// Checks health every `checkMinutes` minutes (`HEALTH_CHECK_INTERVAL_MINUTES`).
    public init(recorder: Recorder, monitor: HealthMonitor, checkMinutes: Int, logger: Logger) {
        self.recorder = recorder
        self.monitor = monitor
        self.checkMinutes = checkMinutes
        self.logger = logger
    }

    /// Runs until its task is cancelled.
    ///
    /// A failed step is logged and retried later.
    public func run() async {
        var round = 0
        var refusedReads = false
        let roundsPerCheck = max(1, checkMinutes * 60 / Housekeeping.roundSeconds)
        while !Task.isCancelled {
            do {
                try await look()
                // A disk that became full, or has room again, is reported now, not with the next check.
                let refusesReads = monitor.refusesReads
                if round % roundsPerCheck == 0 || refusesReads != refusedReads {
                    _ = try await monitor.check()
                    refusedReads = refusesReads
                }
                if round % Housekeeping.cleanUpRounds == 0 { try await cleanUp() }
            } catch {
                logger.error("housekeeping failed", metadata: ["error": "\(error.message)"])
            }
            await prepareSearches()
            round += 1
            try? await Task.sleep(for: .seconds(Housekeeping.roundSeconds))
        }
    }

    /// Also if nothing can be written.
    private func prepareSearches() async {
        do {
            try await recorder.store.prepareSearches()
        } catch is CancellationError {
            // The service stops.
        } catch {
            logger.error("could not warm the plate search cache", metadata: ["error": "\(error)"])
        }
    }

    /// The work of every round: silent cameras, expired entries, a new day.
    func look() async throws(Refusal) {
        recorder.lookAtClock()
        try await recorder.disconnectSilentCameras()
        try await recorder.noteExpiries()
        try await recorder.advanceDay(to: recorder.store.calendar.day(of: recorder.clock()))
    }

    /// Enforces retention: records by `DATA_RETENTION_DAYS`, health by `HEALTH_CHECK_RETENTION_DAYS`, pictures
    /// without a record by ``Limits/orphanDays``.
    ///
    /// Does nothing while the clock is not trusted.
    func cleanUp() async throws(Refusal) {
        recorder.lookAtClock()
        try await recorder.noteClock()
        guard recorder.retentionHold == nil else { return }
        let limits = recorder.store.limits
        let now = recorder.clock()
        recorder.pictures.removeOrphans(before: now.adding(seconds: -Limits.orphanDays * 86_400))
        let healthBefore = now.adding(seconds: -limits.healthRetentionDays * 86_400)
        _ = try await recorder.removeHealth(before: healthBefore)
        if limits.changeRetentionDays > 0 {
            let before = now.adding(seconds: -limits.changeRetentionDays * 86_400)
            try await recorder.forgetChanges(before: before)
        }
        if limits.auditRetentionDays > 0 {
            try await recorder.removeOldAudit(days: limits.auditRetentionDays)
        }
        guard limits.retentionDays > 0 else { return }
        let removal = try await recorder.removeOld(days: limits.retentionDays, by: .system)
        guard removal.records > 0 else { return }
        logger.notice("retention removed records", metadata: ["records": "\(removal.records)"])
    }
}
