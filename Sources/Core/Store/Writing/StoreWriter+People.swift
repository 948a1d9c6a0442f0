import Foundation
import GRDB

/// Changes of people; each counts in the revision of the credentials and stands in the audit.
extension StoreWriter {
    /// Adds a person; returns the id.
    ///
    /// Throws ``Refusal`` `.conflict` if the name is taken.
    func addPerson(
        _ name: CredentialName,
        role: Role,
        password: String,
        mustChange: Bool,
        by actor: Actor
    ) throws -> Int64 {
        guard try db.person(named: name) == nil else {
            throw Refusal(
                .conflict,
                "there is a person of that name already",
                field: "name",
                code: "name_taken"
            )
        }
        try db.execute(
            sql: """
                INSERT INTO people (name, name_key, role, enabled, password, must_change, created)
                VALUES (?, ?, ?, 1, ?, ?, ?)
                """,
            arguments: [
                name.text, name.key, role.rawValue, password, mustChange, now.milliseconds,
            ]
        )
        let id = db.lastInsertedRowID
        try noteCredentials(actor, "user.add", name.text, detail: role.rawValue)
        return id
    }

    /// Gives a person another role, and ends the person's sessions.
    func setRole(of name: CredentialName, to role: Role, by actor: Actor) throws {
        let person = try person(name)
        guard person.role != role else { return }
        if role != .admin { try requireAnotherAdmin(than: person) }
        try db.execute(
            sql: "UPDATE people SET role = ? WHERE id = ?",
            arguments: [role.rawValue, person.id]
        )
        try endSessions(ofPerson: person.id)
        let detail = "\(person.role.rawValue) → \(role.rawValue)"
        try noteCredentials(actor, "user.role", person.name, detail: detail)
    }

    /// Lets a person in again, or keeps the person out and ends all sessions.
    func setEnabled(_ isEnabled: Bool, person name: CredentialName, by actor: Actor) throws {
        let person = try person(name)
        guard person.isEnabled != isEnabled else { return }
        if !isEnabled {
            try requireAnotherAdmin(than: person)
            try endSessions(ofPerson: person.id)
        }
        try db.execute(
            sql: "UPDATE people SET enabled = ? WHERE id = ?",
            arguments: [isEnabled, person.id]
        )
        try noteCredentials(actor, isEnabled ? "user.enable" : "user.disable", person.name)
    }

    /// Gives a person another password and ends all sessions, but for the one that is to go on.
    func setPassword(
        of name: CredentialName,
        to hash: String,
        mustChange: Bool,
        keeping session: Secret.Digest? = nil,
        by actor: Actor
    ) throws {
        let person = try person(name)
        try db.execute(
            sql: "UPDATE people SET password = ?, must_change = ? WHERE id = ?",
            arguments: [hash, mustChange, person.id]
        )
        try endSessions(ofPerson: person.id, but: session)
        try noteCredentials(actor, "user.password", person.name)
    }

    /// Removes a person with everything that admits them; the audit keeps the name.
    func removePerson(_ name: CredentialName, by actor: Actor) throws {
        let person = try person(name)
        try requireAnotherAdmin(than: person)
        try endSessions(ofPerson: person.id)
        try db.execute(sql: "DELETE FROM recovery_codes WHERE person = ?", arguments: [person.id])
        try db.execute(sql: "DELETE FROM people WHERE id = ?", arguments: [person.id])
        try noteCredentials(actor, "user.remove", person.name)
    }

    /// Turns the second factor on, with new recovery codes, or off, and ends all sessions but for one.
    ///
    /// Who signed in by the password alone has to show a code now. The step that confirmed it is used up.
    func setSecondFactor(
        of personID: Int64,
        to secret: [UInt8]?,
        confirmedBy step: Int64 = 0,
        recoveryCodes digests: [[UInt8]] = [],
        keeping session: Secret.Digest? = nil,
        by actor: Actor
    ) throws {
        try endSessions(ofPerson: personID, but: session)
        try db.execute(
            sql: "UPDATE people SET second_factor = ?, second_factor_step = ? WHERE id = ?",
            arguments: [secret.map { Data($0) }, step, personID]
        )
        try db.execute(sql: "DELETE FROM recovery_codes WHERE person = ?", arguments: [personID])
        for digest in digests {
            try db.execute(
                sql: "INSERT INTO recovery_codes (person, digest) VALUES (?, ?)",
                arguments: [personID, Data(digest)]
            )
        }
        let action = secret == nil ? "user.second_factor.off" : "user.second_factor.on"
        try noteCredentials(actor, action, try name(ofPerson: personID))
    }

    /// Uses a step of the second factor up; false if it was used before.
    func useSecondFactorStep(_ step: Int64, of personID: Int64) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE people SET second_factor_step = ?1 WHERE id = ?2 AND second_factor_step < ?1
                """,
            arguments: [step, personID]
        )
        let isNew = db.changesCount == 1
        if isNew { try db.noteCredentialChange() }
        return isNew
    }

    /// Uses a recovery code up; false if the person has no such code.
    func useRecoveryCode(_ digest: [UInt8], of personID: Int64, by actor: Actor) throws -> Bool {
        try db.execute(
            sql: "DELETE FROM recovery_codes WHERE person = ? AND digest = ?",
            arguments: [personID, Data(digest)]
        )
        guard db.changesCount == 1 else { return false }
        try noteCredentials(actor, "user.recovery_code", try name(ofPerson: personID))
        return true
    }

    /// Turns a person's second factor off, if it is on.
    func dropSecondFactor(of name: CredentialName, by actor: Actor) throws {
        let person = try person(name)
        guard person.secondFactor != nil else { return }
        try setSecondFactor(of: person.id, to: nil, by: actor)
    }

    private func person(_ name: CredentialName) throws -> Person {
        guard let person = try db.person(named: name) else {
            throw Refusal.noSuchPerson
        }
        return person
    }

    private func name(ofPerson id: Int64) throws -> String {
        try String.fetchOne(db, sql: "SELECT name FROM people WHERE id = ?", arguments: [id]) ?? ""
    }

    /// Throws a ``Refusal`` if a person is the last admin who can sign in.
    private func requireAnotherAdmin(than person: Person) throws {
        guard person.role == .admin, person.isEnabled else { return }
        let others =
            try Int.fetchOne(
                db,
                sql: "SELECT COUNT(*) FROM people WHERE role = ? AND enabled AND id <> ?",
                arguments: [Role.admin.rawValue, person.id]
            ) ?? 0
        guard others > 0 else {
            throw Refusal(
                .conflict,
                "\(person.name) is the last admin; make another person an admin first",
                code: "last_admin"
            )
        }
    }

    /// Counts the change and writes it into the audit.
    func noteCredentials(
        _ actor: Actor,
        _ action: String,
        _ subject: String,
        detail: String? = nil
    ) throws {
        try db.noteCredentialChange()
        try audit(actor, action, subject: subject, detail: detail)
    }
}
