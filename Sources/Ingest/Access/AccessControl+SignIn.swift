internal import Core

extension AccessControl {
    /// What a person shows to sign in.
    struct SignIn: Sendable {
        let name: String
        let password: String
        /// A code of the second factor, or a recovery code.
        let code: String?
        let address: String
        let agent: String
        /// The session that it replaces.
        let former: Secret.Digest?
    }

    /// The result of an attempt to sign in.
    enum Outcome: Sendable {
        /// The new session's secret, for the cookie alone.
        case signedIn(Secret, Person)
        /// Too many attempts; the next one is looked at after so many seconds.
        case wait(seconds: Int)
        case refused(Refusal)
    }

    /// Signs a person in.
    ///
    /// An unknown name, a wrong password and a person who may not sign in get the same answer after the same time.
    /// Throws ``Refusal`` `.busy` and `.storage`.
    func signIn(_ attempt: SignIn) async throws(Refusal) -> Outcome {
        let (name, address, now) = (attempt.name, attempt.address, credentials.now)
        if let seconds = guesses.retryAfterSeconds(name: name, address: address, now: now) {
            return .wait(seconds: seconds)
        }
        let person = person(named: name)
        let known = person.flatMap { $0.isEnabled ? $0 : nil }
        let isRight = try await isPassword(attempt.password, of: known, name, address, now)
        guard isRight, let person else {
            return .refused(
                person.map { Refusal.wrongCredentials.by($0.actor()) } ?? .wrongCredentials
            )
        }
        if let refusal = try await secondFactor(of: person, attempt) {
            return .refused(refusal.by(person.actor()))
        }
        guesses.succeeded(name: name, address: address, now: now)
        let secret = Secret(.session)
        let actor = person.actor(from: address)
        if let former = attempt.former { adopt(try await recorder.end(former, by: actor)) }
        let session = Session(
            digest: secret.digest,
            personID: person.id,
            createdAt: now,
            address: address,
            agent: attempt.agent
        )
        adopt(try await recorder.begin(session, by: actor))
        return .signedIn(secret, person)
    }

    /// A person by the name that was typed; nil if there is none.
    func person(named text: String) -> Person? {
        guard let name = try? CredentialName(text) else { return nil }
        return credentials.snapshot.stored.person(named: name)
    }

    /// Checks the second factor; nil if it is right, or not on.
    private func secondFactor(
        of person: Person,
        _ attempt: SignIn
    ) async throws(Refusal) -> Refusal? {
        guard person.secondFactor != nil else { return nil }
        let (name, address, now) = (attempt.name, attempt.address, credentials.now)
        guard let code = attempt.code, !code.isEmpty else {
            // The password was right: this attempt was no guess.
            guesses.abandoned(name: name, address: address, now: now)
            return Refusal(
                .unauthenticated,
                "type the code of the app on your phone, too",
                field: "code",
                code: "code_required"
            )
        }
        guard try await use(code, of: person, from: address) else {
            guesses.failed(name: name, address: address, now: now)
            return Refusal(
                .unauthenticated,
                "the code is wrong, or was used already",
                field: "code",
                code: "wrong_code"
            )
        }
        return nil
    }

    /// Uses a code of the second factor or a recovery code up; false if it is wrong.
    private func use(_ code: String, of person: Person, from address: String) async throws(Refusal)
        -> Bool
    {
        guard let secret = person.secondFactor else { return false }
        if let step = OneTimeCode(secret: secret).step(
            of: code,
            at: credentials.now,
            after: person.secondFactorStep
        ) {
            return adopt(try await recorder.useSecondFactorStep(step, of: person.id))
        }
        let actor = person.actor(from: address)
        return adopt(
            try await recorder.useRecoveryCode(
                RecoveryCodes.digest(of: code),
                of: person.id,
                by: actor
            )
        )
    }

    /// Checks the password of a person who is signed in, before something that a stolen session must not do.
    ///
    /// Throws ``Refusal`` if it is wrong, or was wrong too often.
    func requirePassword(_ password: String, of person: Person, from address: String)
        async throws(Refusal)
    {
        let now = credentials.now
        if let seconds = guesses.retryAfterSeconds(name: person.name, address: address, now: now) {
            throw .tooManyAttempts(seconds)
        }
        guard try await isPassword(password, of: person, person.name, address, now) else {
            throw Refusal(
                .forbidden,
                "the password is wrong",
                field: "password",
                code: "wrong_password"
            )
        }
        guesses.succeeded(name: person.name, address: address, now: now)
    }

    /// Whether a password is a person's; nil stands for no one, which takes as long.
    ///
    /// A wrong one is reported to the limiter as a guess, and one that was not looked at as none.
    private func isPassword(
        _ password: String,
        of person: Person?,
        _ name: String,
        _ address: String,
        _ now: Timestamp
    ) async throws(Refusal) -> Bool {
        let isRight: Bool
        do throws(Refusal) {
            let hash = person.flatMap { PasswordHash(text: $0.password) }
            isRight = try await hasher.matches(password, hash)
        } catch {
            guesses.abandoned(name: name, address: address, now: now)
            throw error
        }
        if !isRight { guesses.failed(name: name, address: address, now: now) }
        return isRight
    }
}

extension Person {
    /// Who the person is in the audit.
    fileprivate func actor(from address: String? = nil) -> Actor {
        Actor(id: principalID, name: name, address: address, role: role.rawValue)
    }
}

extension Refusal {
    /// The one answer to a wrong name and to a wrong password.
    static let wrongCredentials = Refusal(
        .unauthenticated,
        "the name or the password is wrong",
        code: "wrong_credentials"
    )

    /// Guessing is slowed down.
    static func tooManyAttempts(_ seconds: Int) -> Refusal {
        Refusal(.tooManyAttempts, "too many attempts; try again in \(seconds) s")
    }
}
