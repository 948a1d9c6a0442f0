import Core

/// `/api/session`: signing in and out, and what a person changes of their own.
struct SessionRoutes: Sendable {
    let backend: Backend
    let access: AccessControl

    /// `POST /api/session`: JSON, or the form of the page to sign in on, which leads back to where the person wanted
    /// to go.
    func signIn(_ request: Request) async throws(Refusal) -> Response {
        let form = try SignInForm(request, limits: backend.limits)
        let outcome = try await access.signIn(
            AccessControl.SignIn(
                name: form.name,
                password: form.password,
                code: form.code,
                address: request.client.logged,
                agent: request.headers["User-Agent"] ?? "",
                former: request.admission.session
            )
        )
        switch outcome {
        case .wait(let seconds):
            var response = form.refusal(.tooManyAttempts(seconds), id: request.id)
            response.headers.append(("Retry-After", "\(seconds)"))
            return response
        case .refused(let refusal): return form.refusal(refusal, id: request.id)
        case .signedIn(let secret, let person):
            var response: Response
            if form.isPage {
                let place = person.mustChangePassword ? "/account" : form.destination
                response = Response(status: 303, headers: [("Location", place)])
            } else {
                response = description(of: person, secret.digest)
            }
            response.headers.append(
                ("Set-Cookie", SessionCookie.set(secret.text, for: request, access.options))
            )
            return response
        }
    }

    /// `GET /api/session`: who asks.
    func get(_ request: Request) async throws(Refusal) -> Response {
        if let digest = request.admission.session, let person = person(request) {
            return description(of: person, digest)
        }
        let principal = request.principal
        return .json { writer in
            writer.object { writer in
                writer.field("id", principal.id)
                writer.field("name", principal.name)
                writer.field("role", principal.role?.rawValue)
                writer.field("kind", principal.kind)
                writer.field("expires_at", Timestamp?.none)
                writer.field("must_change_password", false)
                writer.field("second_factor", false)
                writer.field("needs_second_factor", false)
            }
        }
    }

    /// `DELETE /api/session`, and `POST /api/sign-out` for a page without JavaScript.
    func signOut(_ request: Request) async throws(Refusal) -> Response {
        if let digest = request.admission.session {
            access.adopt(try await access.recorder.end(digest, by: request.actor))
        }
        return leave(request)
    }

    /// `DELETE /api/sessions`: signs the person out everywhere.
    func signOutEverywhere(_ request: Request) async throws(Refusal) -> Response {
        let person = try requirePerson(request)
        _ = access.adopt(
            try await access.recorder.endSessions(
                of: person.id,
                named: person.name,
                by: request.actor
            )
        )
        return leave(request)
    }

    /// `PUT /api/session/password` {password, new_password}.
    func changePassword(_ request: Request) async throws(Refusal) -> Response {
        let person = try requirePerson(request)
        let fields = try request.fields(limits: backend.limits)
        let (old, new) = (
            try fields.requiredText("password"), try fields.requiredText("new_password")
        )
        try PasswordRule.check(new, name: person.name, field: "new_password")
        try await access.requirePassword(old, of: person, from: request.client.logged)
        guard old != new else {
            throw .invalid("new_password", "is the old one", code: "same_password")
        }
        let hash = try await access.hasher.hash(new)
        access.adopt(
            try await access.recorder.changeOwnPassword(
                of: try CredentialName(person.name),
                to: hash.text,
                keeping: request.admission.session,
                by: request.actor
            )
        )
        return Response(status: 204)
    }

    private func leave(_ request: Request) -> Response {
        var response = Response(status: request.method == .post ? 303 : 204)
        if request.method == .post { response.headers.append(("Location", "/sign-in")) }
        response.headers += [
            ("Set-Cookie", SessionCookie.clear(for: request)),
            ("Clear-Site-Data", #""cache", "cookies", "storage""#),
        ]
        return response
    }

    /// The person who is signed in; nil for tokens and clients without a credential.
    func person(_ request: Request) -> Person? {
        guard let digest = request.admission.session else { return nil }
        return access.credentials.snapshot.session(digest, at: access.credentials.now)?.1
    }

    func requirePerson(_ request: Request) throws(Refusal) -> Person {
        guard let person = person(request) else {
            throw Refusal(
                .conflict,
                "only a person who is signed in can do this",
                code: "not_a_person"
            )
        }
        return person
    }

    private func description(of person: Person, _ digest: Secret.Digest) -> Response {
        let known = access.credentials.snapshot.session(digest, at: access.credentials.now)
        return .json { writer in
            writer.object { writer in
                writer.field("id", person.principalID)
                writer.field("name", person.name)
                writer.field("role", person.role.rawValue)
                writer.field("kind", "person")
                writer.field("expires_at", known?.0.endsAt(access.options))
                writer.field("idle_minutes", access.options.sessionIdleMinutes)
                writer.field("must_change_password", person.mustChangePassword)
                writer.field("second_factor", person.secondFactor != nil)
                writer.field(
                    "needs_second_factor",
                    person.secondFactor == nil
                        && access.options.secondFactor.isRequired(of: person.role)
                )
            }
        }
    }
}

extension Principal {
    /// What kind of credential it has shown: `person`, `token`, `local` or `network`.
    var kind: String {
        switch id.prefix(while: { $0 != ":" }) {
        case "person", "proxy": "person"
        case "token": "token"
        case "camera_networks": "network"
        default: "local"
        }
    }
}
