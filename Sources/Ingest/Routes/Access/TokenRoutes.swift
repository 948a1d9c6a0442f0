import Core

/// `/api/tokens`: the credentials of cameras and programs.
struct TokenRoutes: Sendable {
    let backend: Backend
    let access: AccessControl

    /// The tokens in force and those that have expired; revoked ones are in the audit.
    func list(_ request: Request) async throws(Refusal) -> Response {
        let snapshot = access.credentials.snapshot
        let tokens = snapshot.stored.tokens.filter { $0.revokedAt == nil }
        return .json { writer in
            writer.object { writer in
                writer.key("tokens")
                writer.array(of: tokens) { writer, token in
                    writer.object { writer in
                        writer.field("id", token.id)
                        writer.field("name", token.name)
                        writer.field("role", token.role.rawValue)
                        Self.write(token.cameras, to: &writer)
                        writer.field("created_at", token.createdAt)
                        writer.field("created_by", token.createdBy)
                        writer.field("expires_at", token.expiresAt)
                        writer.field("last_used_at", snapshot.lastUse(of: token))
                    }
                }
            }
        }
    }

    /// `POST` {name, role, cameras?, expires_at? or expires_in?: "90d"}: the answer has the token, once.
    func add(_ request: Request) async throws(Refusal) -> Response {
        let fields = try request.fields(limits: backend.limits)
        guard let role = Role(rawValue: try fields.requiredText("role")) else {
            throw .invalid(
                "role",
                "must be one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))",
                code: "bad_role"
            )
        }
        let draft = try AccessTokenDraft(
            name: try CredentialName(try fields.requiredText("name")),
            role: role,
            cameras: try cameras(fields["cameras"]),
            expiresAt: try end(fields),
            now: backend.now,
            limits: backend.limits
        )
        let secret = Secret(.token)
        let id = access.adopt(
            try await access.recorder.addToken(draft, digest: secret.digest, by: request.actor)
        )
        return .json(201) { writer in
            writer.object { writer in
                writer.field("id", id)
                writer.field("name", draft.name.text)
                writer.field("role", role.rawValue)
                Self.write(draft.cameras, to: &writer)
                writer.field("expires_at", draft.expiresAt)
                writer.field("token", secret.text)
            }
        }
    }

    func revoke(_ request: Request) async throws(Refusal) -> Response {
        access.adopt(
            try await access.recorder.revokeToken(
                try PeopleRoutes.name(request),
                by: request.actor
            )
        )
        return Response(status: 204)
    }

    private func cameras(_ json: JSON?) throws(Refusal) -> Set<String>? {
        switch json {
        case nil, .null?: return nil
        case .array(let elements)?:
            var names: Set<String> = []
            for element in elements {
                guard case .string(let name) = element else {
                    throw .invalid("cameras", "must be a list of camera ids", code: "wrong_type")
                }
                names.insert(FieldText.trimming(name))
            }
            return names
        default: throw .invalid("cameras", "must be a list of camera ids", code: "wrong_type")
        }
    }

    private func end(_ fields: Fields) throws(Refusal) -> Timestamp? {
        if let text = try fields.text("expires_in") {
            guard let days = Self.days(text) else {
                throw .invalid(
                    "expires_in",
                    "must be days like 90d, from 1d to 3650d",
                    code: "bad_period"
                )
            }
            return backend.now.adding(seconds: days * 86_400)
        }
        return try fields.instant("expires_at", .utc)
    }

    /// `90d` as 90.
    private static func days(_ text: String) -> Int? {
        guard text.hasSuffix("d"), let days = Int(text.dropLast()), (1...3_650).contains(days)
        else {
            return nil
        }
        return days
    }

    private static func write(_ cameras: Set<String>?, to writer: inout JSONWriter) {
        writer.key("cameras")
        if let cameras {
            writer.array(of: cameras.sorted()) { $0.value($1) }
        } else {
            writer.null()
        }
    }
}
