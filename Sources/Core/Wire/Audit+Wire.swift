extension AuditReport: JSONWritable {
    /// Writes the result of `lprserver audit verify --json` and of `GET /api/audit/verification`.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("sound", isSound)
            writer.field("entries", entries)
            writer.field("oldest", oldest)
            writer.field("newest", newest)
            writer.field("newest_id", newestID)
            writer.field("digest", digest)
            writer.field("removed_through", removedThrough)
            writer.field("breaks", breaks)
            writer.field("first_break", first)
        }
    }
}

extension AuditReport.Break: JSONWritable {
    /// Writes where the chain is broken.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("kind", kind.rawValue)
            writer.field("entry", entry)
            writer.field("sentence", sentence)
        }
    }
}

extension AuditEntry: JSONWritable {
    /// Writes an entry as `GET /api/audit` does.
    public func write(to writer: inout JSONWriter) {
        let actor = event.actor
        writer.object { writer in
            writer.field("id", id)
            writer.field("at", at)
            writer.field("principal", actor.id)
            writer.field("who", actor.name)
            writer.field("role", actor.role)
            writer.field("address", actor.address)
            writer.field("action", event.action)
            writer.field("subject", event.subject)
            writer.field("detail", event.detail)
            writer.field("outcome", event.outcome.rawValue)
            writer.field("code", event.code)
            writer.field("count", event.count)
            writer.field("purpose", actor.purpose)
            writer.field("digest", digest)
        }
    }
}
