import Crypto
import GRDB

/// The audit: who did what, in a chain of digests (``AuditChain``).
extension StoreWriter {
    /// Appends to the audit that something was done.
    func audit(_ actor: Actor, _ action: String, subject: String, detail: String? = nil) throws {
        try audit(AuditEvent(actor, action, subject: subject, detail: detail))
    }

    /// Appends to the audit.
    func audit(_ event: AuditEvent) throws {
        try AuditTable(db).append(event, at: now)
    }

    /// Notes in the audit which of its entries retention removes: the oldest, as far as all were made before an instant.
    ///
    /// Returns the last of them; nil if there are none.
    func beginAuditRemoval(before instant: Timestamp) throws -> Int64? {
        try AuditTable(db).beginRemoval(before: instant, at: now)
    }

    /// Removes the oldest entries of the audit up to one, at most `limit`; returns how many.
    func removeAudit(through last: Int64, limit: Int) throws -> Int {
        try AuditTable(db).removeOldest(through: last, limit: limit)
    }

    /// Notes the settings of a start; if some are others than at the start before, the audit names them.
    ///
    /// Digests of their values are kept, because some are secret, with the site's random id, because few values are
    /// likely.
    func note(settings: [(name: String, value: String)]) throws {
        let salt = try db.meta("site_id") ?? ""
        let lines = settings.map { name, value in
            let digest = SHA256.hash(data: Array("\(salt)\n\(name)\n\(value)".utf8))
            return "\(name) \(digest.hexadecimal.prefix(24))"
        }
        let before = try db.meta(Self.settingsKey)?.split(separator: "\n").map(String.init)
        let changed = Set(lines).symmetricDifference(before ?? lines)
        guard before == nil || !changed.isEmpty else { return }
        try db.setMeta(Self.settingsKey, lines.joined(separator: "\n"))
        let names = Set(changed.compactMap { $0.split(separator: " ").first }).sorted()
        guard !names.isEmpty else { return }
        try audit(.system, "settings.change", subject: names.joined(separator: ", "))
    }

    private static let settingsKey = "settings"
}
