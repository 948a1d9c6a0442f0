import Foundation
import GRDB

/// Changes of tokens.
extension StoreWriter {
    /// Adds a token; returns its id.
    ///
    /// Throws ``Refusal`` `.conflict` if a token that is in force has the name.
    func addToken(_ draft: AccessTokenDraft, digest: Secret.Digest, by actor: Actor) throws
        -> Int64
    {
        let name = draft.name
        let isTaken = try Bool.fetchOne(
            db,
            sql: "SELECT 1 FROM tokens WHERE name_key = ? AND revoked IS NULL",
            arguments: [name.key]
        )
        guard isTaken == nil else {
            throw Refusal(
                .conflict,
                "there is a token of that name already; revoke it first, or choose another name",
                field: "name",
                code: "name_taken"
            )
        }
        let cameras = draft.cameras.map { names in
            JSON.array(names.sorted().map { .string($0) }).json
        }
        try db.execute(
            sql: """
                INSERT INTO tokens (name, name_key, role, cameras, digest, created, creator, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                name.text, name.key, draft.role.rawValue, cameras, Data(digest.bytes),
                now.milliseconds, actor.name, draft.expiresAt?.milliseconds,
            ]
        )
        let id = db.lastInsertedRowID
        try noteCredentials(
            actor,
            "token.add",
            name.text,
            detail: draft.role.rawValue + (cameras.map { " \($0)" } ?? "")
        )
        return id
    }

    /// Revokes a token.
    ///
    /// Throws ``Refusal`` `.notFound` if none of that name is in force.
    func revokeToken(_ name: CredentialName, by actor: Actor) throws {
        try db.execute(
            sql: "UPDATE tokens SET revoked = ? WHERE name_key = ? AND revoked IS NULL",
            arguments: [now.milliseconds, name.key]
        )
        guard db.changesCount == 1 else {
            throw Refusal(.notFound, "there is no token of that name in force", field: "name")
        }
        try noteCredentials(actor, "token.revoke", name.text)
    }
}
