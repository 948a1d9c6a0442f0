import Core

/// `/api/session/second-factor`: a person's own second factor (RFC 6238).
struct SecondFactorRoutes: Sendable {
    let session: SessionRoutes

    private var access: AccessControl { session.access }

    /// `POST` {password}: a new secret for the app, which counts once a code has confirmed it.
    ///
    /// The password, because a stolen session could lock the person out otherwise.
    func begin(_ request: Request) async throws(Refusal) -> Response {
        let person = try session.requirePerson(request)
        let fields = try request.fields(limits: session.backend.limits)
        let password = try fields.requiredText("password")
        guard person.secondFactor == nil else {
            throw Refusal(
                .conflict,
                "the second factor is on; turn it off first",
                code: "second_factor_on"
            )
        }
        try await access.requirePassword(password, of: person, from: request.client.logged)
        let secret = OneTimeCode.makeSecret()
        access.notePending(secret, of: person.id)
        let code = OneTimeCode(secret: secret)
        return .json { writer in
            writer.object { writer in
                writer.field("secret", code.base32)
                writer.field("uri", code.uri(name: person.name, site: access.siteName))
            }
        }
    }

    /// `PUT` {code}: turns it on; the answer has the recovery codes, once.
    func confirm(_ request: Request) async throws(Refusal) -> Response {
        let person = try session.requirePerson(request)
        let fields = try request.fields(limits: session.backend.limits)
        guard let typed = try fields.identifier("code") else {
            throw .invalid("code", "is required", code: "required")
        }
        guard let secret = access.pendingFactor(of: person.id) else {
            throw Refusal(
                .conflict,
                "ask for a new secret first (POST)",
                code: "no_pending_factor"
            )
        }
        let step = OneTimeCode(secret: secret)
            .step(of: FieldText.trimming(typed), at: access.credentials.now, after: 0)
        guard let step else {
            throw .invalid(
                "code",
                "is wrong; type the one that the app shows now",
                code: "wrong_code"
            )
        }
        let codes = RecoveryCodes.make()
        access.adopt(
            try await access.recorder.setSecondFactor(
                of: person.id,
                to: secret,
                confirmedBy: step,
                recoveryCodes: codes.map(RecoveryCodes.digest),
                keeping: request.admission.session,
                by: request.actor
            )
        )
        access.forgetPending(of: person.id)
        return .json { writer in
            writer.object { writer in
                writer.key("recovery_codes")
                writer.array(of: codes) { $0.value($1) }
            }
        }
    }

    /// `DELETE` {password}: turns it off, where the settings do not require it.
    func end(_ request: Request) async throws(Refusal) -> Response {
        let person = try session.requirePerson(request)
        let fields = try request.fields(limits: session.backend.limits)
        let password = try fields.requiredText("password")
        try await access.requirePassword(password, of: person, from: request.client.logged)
        access.adopt(
            try await access.recorder.setSecondFactor(
                of: person.id,
                to: nil,
                keeping: request.admission.session,
                by: request.actor
            )
        )
        return Response(status: 204)
    }
}
