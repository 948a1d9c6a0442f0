import Foundation
import GRDB

extension Snapshot {
    /// All people, tokens and sessions.
    public func storedCredentials() throws -> StoredCredentials { try db.storedCredentials() }
}

extension Database {
    /// The number of changes of the credentials so far.
    private func credentialRevision() throws -> Int64 {
        try meta("credential_revision").flatMap { Int64($0) } ?? 0
    }

    /// All people, tokens and sessions: some thousands of rows at most.
    func storedCredentials() throws -> StoredCredentials {
        StoredCredentials(
            revision: try credentialRevision(),
            people: try Row.fetchAll(self, sql: "SELECT * FROM people ORDER BY id")
                .compactMap(Person.init(row:)),
            tokens: try Row.fetchAll(self, sql: "SELECT * FROM tokens ORDER BY id")
                .compactMap(AccessToken.init(row:)),
            sessions: try Row.fetchAll(self, sql: "SELECT * FROM sessions")
                .compactMap(Session.init(row:))
        )
    }

    /// Counts a change of the credentials.
    func noteCredentialChange() throws {
        try setMeta("credential_revision", "\(try credentialRevision() + 1)")
    }

    /// A person by name; nil if there is none.
    func person(named name: CredentialName) throws -> Person? {
        try Row.fetchOne(
            self,
            sql: "SELECT * FROM people WHERE name_key = ?",
            arguments: [name.key]
        ).flatMap(Person.init(row:))
    }
}

extension Person {
    /// Nil for a role that this version does not know: such a person is not let in.
    fileprivate init?(row: Row) {
        guard let role = Role(rawValue: row["role"]) else { return nil }
        self.init(
            id: row["id"],
            name: row["name"],
            role: role,
            isEnabled: row["enabled"],
            password: row["password"],
            mustChangePassword: row["must_change"],
            secondFactor: (row["second_factor"] as Data?).map { Array($0) },
            secondFactorStep: row["second_factor_step"],
            createdAt: Timestamp(milliseconds: row["created"]),
            lastSignInAt: Timestamp(row["last_sign_in"] as Int64?)
        )
    }
}

extension AccessToken {
    /// Nil for a role, a digest or cameras that cannot be read: such a token is not in force.
    fileprivate init?(row: Row) {
        guard let role = Role(rawValue: row["role"]),
            let digest = Secret.Digest(bytes: Array(row["digest"] as Data))
        else { return nil }
        var cameras: Set<String>?
        if let text: String = row["cameras"] {
            guard case .array(let names)? = try? JSONParser.parse(Array(text.utf8)) else {
                return nil
            }
            cameras = Set(
                names.compactMap { if case .string(let name) = $0 { name } else { nil } }
            )
        }
        self.init(
            id: row["id"],
            name: row["name"],
            role: role,
            cameras: cameras,
            digest: digest,
            createdAt: Timestamp(milliseconds: row["created"]),
            createdBy: row["creator"],
            expiresAt: Timestamp(row["expires"] as Int64?),
            lastUsedAt: Timestamp(row["last_used"] as Int64?),
            revokedAt: Timestamp(row["revoked"] as Int64?)
        )
    }
}

extension Session {
    fileprivate init?(row: Row) {
        guard let digest = Secret.Digest(bytes: Array(row["digest"] as Data)) else { return nil }
        self.init(
            digest: digest,
            personID: row["person"],
            createdAt: Timestamp(milliseconds: row["created"]),
            lastUsedAt: Timestamp(milliseconds: row["used"]),
            address: row["address"],
            agent: row["agent"]
        )
    }
}
