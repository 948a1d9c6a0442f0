import Core

/// `/api/users`: the people who may sign in.
struct PeopleRoutes: Sendable {
    let backend: Backend
    let access: AccessControl

    func list(_ request: Request) async throws(Refusal) -> Response {
        let people = access.credentials.snapshot.stored.people
        return .json { writer in
            writer.object { writer in
                writer.key("users")
                writer.array(of: people) { $1.write(to: &$0) }
            }
        }
    }

    /// `POST` {name, role, password?}: without a password, one is made that the person must change.
    func add(_ request: Request) async throws(Refusal) -> Response {
        let fields = try request.fields(limits: backend.limits)
        let name = try CredentialName(try fields.requiredText("name"))
        let role = try Self.role(try fields.requiredText("role"))
        let given = try fields.text("password")
        if let given { try PasswordRule.check(given, name: name.text) }
        let password = given ?? OneTimePassword.make()
        let hash = try await access.hasher.hash(password)
        let id = access.adopt(
            try await access.recorder.addPerson(
                name,
                role: role,
                password: hash.text,
                mustChange: given == nil,
                by: request.actor
            )
        )
        return .json(201) { writer in
            writer.object { writer in
                writer.field("id", id)
                writer.field("name", name.text)
                writer.field("role", role.rawValue)
                if given == nil { writer.field("one_time_password", password) }
            }
        }
    }

    /// `PATCH` {role?, enabled?, password?, reset_password?, second_factor?: false}.
    func change(_ request: Request) async throws(Refusal) -> Response {
        let fields = try request.fields(limits: backend.limits)
        let name = try Self.name(request)
        let person = try require(name)
        let role = try fields.text("role").map { (text) throws(Refusal) in try Self.role(text) }
        let given = try fields.text("password")
        let isReset = try fields.boolean("reset_password") ?? false
        if let given { try PasswordRule.check(given, name: person.name) }
        let password = given ?? (isReset ? OneTimePassword.make() : nil)
        var hash: PasswordHash?
        if let password { hash = try await access.hasher.hash(password) }
        access.adopt(
            try await access.recorder.changePerson(
                name,
                role: role,
                isEnabled: try fields.boolean("enabled"),
                password: hash.map { ($0.text, given == nil) },
                dropsSecondFactor: try fields.boolean("second_factor") == false,
                by: request.actor
            )
        )
        let changed = try require(name)
        return .json { writer in
            writer.object { writer in
                changed.writeMembers(to: &writer)
                if given == nil, let password { writer.field("one_time_password", password) }
            }
        }
    }

    func remove(_ request: Request) async throws(Refusal) -> Response {
        access.adopt(
            try await access.recorder.removePerson(try Self.name(request), by: request.actor)
        )
        return Response(status: 204)
    }

    /// `GET /api/users/{name}/sessions`.
    func sessions(_ request: Request) async throws(Refusal) -> Response {
        let person = try require(try Self.name(request))
        let known = access.credentials.snapshot.sessions(
            of: person.id,
            at: access.credentials.now
        )
        return .json { writer in
            writer.object { writer in
                writer.key("sessions")
                writer.array(of: known) { writer, known in
                    let (session, lastUsed) = known
                    writer.object { writer in
                        writer.field("id", session.id)
                        writer.field("created_at", session.createdAt)
                        writer.field("last_used_at", lastUsed)
                        writer.field("expires_at", session.endsAt(access.options))
                        writer.field("address", session.address)
                        writer.field("agent", session.agent)
                    }
                }
            }
        }
    }

    /// `DELETE /api/users/{name}/sessions`: signs the person out everywhere.
    func endSessions(_ request: Request) async throws(Refusal) -> Response {
        let person = try require(try Self.name(request))
        let ended = access.adopt(
            try await access.recorder.endSessions(
                of: person.id,
                named: person.name,
                by: request.actor
            )
        )
        return .json { writer in writer.object { $0.field("ended", ended) } }
    }

    private func require(_ name: CredentialName) throws(Refusal) -> Person {
        guard let person = access.credentials.snapshot.stored.person(named: name) else {
            throw .noSuchPerson
        }
        return person
    }

    /// The name in the path.
    static func name(_ request: Request) throws(Refusal) -> CredentialName {
        try CredentialName(request.parameters.first ?? "")
    }

    private static func role(_ text: String) throws(Refusal) -> Role {
        guard let role = Role(rawValue: text), Role.ofPeople.contains(role) else {
            throw .invalid(
                "role",
                "must be one of \(Role.ofPeople.map(\.rawValue).joined(separator: ", "))",
                code: "bad_role"
            )
        }
        return role
    }
}

extension Person {
    /// Writes what others may know of a person.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("name", name)
        writer.field("role", role.rawValue)
        writer.field("enabled", isEnabled)
        writer.field("must_change_password", mustChangePassword)
        writer.field("second_factor", secondFactor != nil)
        writer.field("created_at", createdAt)
        writer.field("last_sign_in", lastSignInAt)
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writeMembers(to: &$0) }
    }
}
