extension Recorder {
    /// A change of the credentials with what they are after it.
    ///
    /// Both come from one transaction, so that of two changes the later one's revision is the larger.
    func changeCredentials<T: Sendable>(
        _ body: @escaping @Sendable (StoreWriter) throws -> T
    ) async throws(Refusal) -> (T, StoredCredentials) {
        try await change { (try body($0), try $0.db.storedCredentials()) }
    }

    /// Adds a person; `password` is the text of its hash.
    ///
    /// Throws ``Refusal`` `.conflict` if the name is taken.
    public func addPerson(
        _ name: CredentialName,
        role: Role,
        password: String,
        mustChange: Bool,
        by actor: Actor
    ) async throws(Refusal) -> (Int64, StoredCredentials) {
        try await changeCredentials {
            try $0.addPerson(
                name,
                role: role,
                password: password,
                mustChange: mustChange,
                by: actor
            )
        }
    }

    /// Changes a person: the role, whether the person may sign in, the password's hash; nil leaves each as it is.
    ///
    /// The second factor of a person who lost it can be turned off, too. All in one transaction. Throws ``Refusal``
    /// `.notFound` for an unknown name, and `.conflict` where the last admin would be lost.
    public func changePerson(
        _ name: CredentialName,
        role: Role?,
        isEnabled: Bool?,
        password: (hash: String, mustChange: Bool)?,
        dropsSecondFactor: Bool = false,
        by actor: Actor
    ) async throws(Refusal) -> StoredCredentials {
        try await changeCredentials { writer in
            if let isEnabled { try writer.setEnabled(isEnabled, person: name, by: actor) }
            if let role { try writer.setRole(of: name, to: role, by: actor) }
            if let (hash, mustChange) = password {
                try writer.setPassword(of: name, to: hash, mustChange: mustChange, by: actor)
            }
            if dropsSecondFactor { try writer.dropSecondFactor(of: name, by: actor) }
        }.1
    }

    /// Changes the person's own password; all other sessions of the person end.
    public func changeOwnPassword(
        of name: CredentialName,
        to hash: String,
        keeping session: Secret.Digest?,
        by actor: Actor
    ) async throws(Refusal) -> StoredCredentials {
        try await changeCredentials {
            try $0.setPassword(
                of: name,
                to: hash,
                mustChange: false,
                keeping: session,
                by: actor
            )
        }.1
    }

    /// Removes a person.
    ///
    /// Throws ``Refusal`` `.notFound` for an unknown name, `.conflict` for the last admin.
    public func removePerson(_ name: CredentialName, by actor: Actor) async throws(Refusal)
        -> StoredCredentials
    {
        try await changeCredentials { try $0.removePerson(name, by: actor) }.1
    }

    /// Turns a person's second factor on, with the digests of new recovery codes, or off with nil; the person's other
    /// sessions end.
    public func setSecondFactor(
        of personID: Int64,
        to secret: [UInt8]?,
        confirmedBy step: Int64 = 0,
        recoveryCodes digests: [[UInt8]] = [],
        keeping session: Secret.Digest? = nil,
        by actor: Actor
    ) async throws(Refusal) -> StoredCredentials {
        try await changeCredentials {
            try $0.setSecondFactor(
                of: personID,
                to: secret,
                confirmedBy: step,
                recoveryCodes: digests,
                keeping: session,
                by: actor
            )
        }.1
    }

    /// Uses a step of the second factor up; false if it was used before.
    public func useSecondFactorStep(_ step: Int64, of personID: Int64) async throws(Refusal)
        -> (Bool, StoredCredentials)
    {
        try await changeCredentials { try $0.useSecondFactorStep(step, of: personID) }
    }

    /// Uses a recovery code up; false if the person has no such code.
    public func useRecoveryCode(
        _ digest: [UInt8],
        of personID: Int64,
        by actor: Actor
    ) async throws(Refusal) -> (Bool, StoredCredentials) {
        try await changeCredentials {
            try $0.useRecoveryCode(digest, of: personID, by: actor)
        }
    }

    /// Adds a token; returns its id.
    ///
    /// Throws ``Refusal`` `.conflict` if one of that name is in force.
    public func addToken(
        _ draft: AccessTokenDraft,
        digest: Secret.Digest,
        by actor: Actor
    ) async throws(Refusal) -> (Int64, StoredCredentials) {
        try await changeCredentials { try $0.addToken(draft, digest: digest, by: actor) }
    }

    /// Revokes a token.
    ///
    /// Throws ``Refusal`` `.notFound` if none of that name is in force.
    public func revokeToken(_ name: CredentialName, by actor: Actor) async throws(Refusal)
        -> StoredCredentials
    {
        try await changeCredentials { try $0.revokeToken(name, by: actor) }.1
    }

    /// Begins a session.
    public func begin(_ session: Session, by actor: Actor) async throws(Refusal)
        -> StoredCredentials
    {
        try await changeCredentials { try $0.begin(session, by: actor) }.1
    }

    /// Ends one session.
    public func end(_ session: Secret.Digest, by actor: Actor) async throws(Refusal)
        -> StoredCredentials
    {
        try await changeCredentials { try $0.end(session, by: actor) }.1
    }

    /// Ends all sessions of a person; returns how many.
    public func endSessions(
        of personID: Int64,
        named name: String,
        by actor: Actor
    ) async throws(Refusal) -> (Int, StoredCredentials) {
        try await changeCredentials {
            try $0.endSessions(of: personID, named: name, by: actor)
        }
    }

    /// Stores when credentials were last used.
    public func record(_ use: CredentialUse) async throws(Refusal) {
        try await change { try $0.note(use) }
    }
}
