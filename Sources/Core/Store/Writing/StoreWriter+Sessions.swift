import Foundation
import GRDB

/// Changes of sessions.
extension StoreWriter {
    /// Begins a session; the oldest of the person's ends where there are too many.
    func begin(_ session: Session, by actor: Actor) throws {
        try db.execute(
            sql: """
                DELETE FROM sessions WHERE person = ?1 AND digest NOT IN (
                    SELECT digest FROM sessions WHERE person = ?1 ORDER BY created DESC LIMIT ?2)
                """,
            arguments: [session.personID, Session.perPersonMax - 1]
        )
        try db.execute(
            sql: """
                INSERT INTO sessions (digest, person, created, used, address, agent)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Data(session.digest.bytes), session.personID, session.createdAt.milliseconds,
                session.lastUsedAt.milliseconds, session.address, session.agent,
            ]
        )
        try db.execute(
            sql: "UPDATE people SET last_sign_in = ? WHERE id = ?",
            arguments: [session.createdAt.milliseconds, session.personID]
        )
        try noteCredentials(actor, "session.begin", actor.name)
    }

    /// Ends one session.
    func end(_ digest: Secret.Digest, by actor: Actor) throws {
        try db.execute(
            sql: "DELETE FROM sessions WHERE digest = ?",
            arguments: [Data(digest.bytes)]
        )
        guard db.changesCount > 0 else { return }
        try noteCredentials(actor, "session.end", actor.name)
    }

    /// Ends all sessions of a person; returns how many.
    func endSessions(of personID: Int64, named name: String, by actor: Actor) throws -> Int {
        let count = try endSessions(ofPerson: personID)
        try noteCredentials(actor, "session.end_all", name, detail: "\(count)")
        return count
    }

    /// Ends the sessions of a person, but for one that is to go on; returns how many.
    @discardableResult
    func endSessions(ofPerson id: Int64, but kept: Secret.Digest? = nil) throws -> Int {
        try db.execute(
            sql: "DELETE FROM sessions WHERE person = ? AND digest IS NOT ?",
            arguments: [id, kept.map { Data($0.bytes) }]
        )
        return db.changesCount
    }

    /// Stores when sessions and tokens were last used, and removes sessions that have ended.
    ///
    /// This is no change of the credentials: all rights stay as they are.
    func note(_ use: CredentialUse) throws {
        for (digest, instant) in use.sessions {
            try db.cachedStatement(sql: "UPDATE sessions SET used = ? WHERE digest = ?")
                .execute(arguments: [instant.milliseconds, Data(digest.bytes)])
        }
        for (id, instant) in use.tokens {
            try db.cachedStatement(sql: "UPDATE tokens SET last_used = ? WHERE id = ?")
                .execute(arguments: [instant.milliseconds, id])
        }
        for digest in use.ended {
            try db.execute(
                sql: "DELETE FROM sessions WHERE digest = ?",
                arguments: [Data(digest.bytes)]
            )
        }
    }
}
