/// Something that the audit keeps: who did what, on what, why, and whether it was allowed.
public struct AuditEvent: Sendable, Equatable {
    /// Whether it was done.
    public enum Outcome: String, Sendable, CaseIterable {
        case allowed
        case refused
    }

    /// Who, from where, and why.
    public let actor: Actor
    /// What: two words, like `record.delete`.
    public let action: String
    /// On what: a name, an id, a plate.
    public let subject: String?
    /// The question that was asked, or what changed.
    public let detail: String?
    /// Whether it was allowed.
    public let outcome: Outcome
    /// The code of the refusal.
    public let code: String?
    /// How often: refusals of one kind are counted.
    public let count: Int

    /// Makes an event; texts are cut to ``charactersMax``.
    public init(
        _ actor: Actor,
        _ action: String,
        subject: String? = nil,
        detail: String? = nil,
        outcome: Outcome = .allowed,
        code: String? = nil,
        count: Int = 1
    ) {
        self.actor = actor
        self.action = action
        self.subject = subject.map(AuditEvent.cut)
        self.detail = detail.map(AuditEvent.cut)
        self.outcome = outcome
        self.code = code
        self.count = count
    }

    /// The characters of a subject and of a detail that are kept: those of a query with all its filters.
    public static let charactersMax = 500

    private static func cut(_ text: String) -> String {
        text.utf8.count <= charactersMax ? text : String(text.prefix(charactersMax))
    }
}

/// An event as the audit keeps it.
public struct AuditEntry: Sendable, Equatable {
    /// Its number; later entries have larger ones.
    public let id: Int64
    /// When.
    public let at: Timestamp
    /// What happened.
    public let event: AuditEvent
    /// The digest over the entry and the digest before it, in hexadecimal; nil before the chain began.
    public let digest: String?
}
