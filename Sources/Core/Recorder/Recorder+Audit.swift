import Logging

/// The audit of what changes nothing else; each change appends its own entry in its transaction.
extension Recorder {
    /// Appends an entry to the audit; returns once it is on disk.
    ///
    /// Throws ``Refusal`` `.storage` if it could not be written: then what it is about must not be done, or answered.
    public func audit(_ event: AuditEvent) async throws(Refusal) {
        try await change { try $0.audit(event) }
    }

    /// Appends entries to the audit in one commit.
    public func audit(_ events: [AuditEvent]) async throws(Refusal) {
        guard !events.isEmpty else { return }
        try await change { writer in
            for event in events { try writer.audit(event) }
        }
    }

    /// Notes the settings of this start; if some are others than at the start before, the audit names them.
    ///
    /// Only digests of the values are kept.
    public func note(settings: [(name: String, value: String)]) async throws(Refusal) {
        try await change { try $0.note(settings: settings) }
    }

    /// Removes the entries of the audit from before the day that was `days` ago, the oldest first.
    ///
    /// Once a day at most, so that the audit's own entries about it stay few.
    func removeOldAudit(days: Int) async throws(Refusal) {
        let calendar = store.calendar
        let day = calendar.day(of: clock().adding(seconds: -days * 86_400))
        let before = calendar.start(of: day)
        let last = try await change { try $0.beginAuditRemoval(before: before) }
        guard let last else { return }
        var removed = 0
        while true {
            let step = try await change {
                try $0.removeAudit(through: last, limit: Limits.auditRemovalMax)
            }
            removed += step
            guard step > 0 else { break }
        }
        logger.notice("retention removed entries of the audit", metadata: ["entries": "\(removed)"])
    }
}
