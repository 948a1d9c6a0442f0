/// A credential of a camera or a program; the secret itself is known to its holder alone.
public struct AccessToken: Sendable, Equatable {
    /// The permanent id, never used again.
    public let id: Int64
    /// The name.
    public let name: String
    /// The role.
    public let role: Role
    /// The cameras as which it may send; nil for any.
    public let cameras: Set<String>?
    /// The digest of the secret.
    public let digest: Secret.Digest
    /// When it was made.
    public let createdAt: Timestamp
    /// Who made it.
    public let createdBy: String
    /// When it ends; nil for never.
    public let expiresAt: Timestamp?
    /// When it was last used, to the minute; nil if never.
    public let lastUsedAt: Timestamp?
    /// When it was revoked; nil if it was not.
    public let revokedAt: Timestamp?

    /// Whether it admits its holder at an instant.
    public func isValid(at now: Timestamp) -> Bool {
        revokedAt == nil && expiresAt.map { now < $0 } ?? true
    }
}

/// A token that is to be made, valid by construction.
public struct AccessTokenDraft: Sendable {
    /// The maximum number of cameras of one token.
    public static let camerasMax = 1_000

    /// The name.
    public let name: CredentialName
    /// The role.
    public let role: Role
    /// The cameras as which it may send; nil for any.
    public let cameras: Set<String>?
    /// When it ends; nil for never.
    public let expiresAt: Timestamp?

    /// Checks the parts of a token; only a token that may send can be bound to cameras.
    ///
    /// Throws ``Refusal`` for cameras of another role, too many, or with names that no camera has, and for an end in
    /// the past.
    public init(
        name: CredentialName,
        role: Role,
        cameras: Set<String>?,
        expiresAt: Timestamp?,
        now: Timestamp,
        limits: Limits
    ) throws(Refusal) {
        if let cameras {
            guard role.may(.send) else {
                throw .invalid("cameras", "belong to a token that may send: camera or admin")
            }
            guard (1...Self.camerasMax).contains(cameras.count) else {
                throw .invalid("cameras", "must be 1 to \(Self.camerasMax)")
            }
            for camera in cameras {
                _ = try FieldText.required(
                    camera,
                    field: "cameras",
                    max: limits.cameraIDCharactersMax
                )
            }
        }
        if let expiresAt, expiresAt <= now {
            throw .invalid("expires_at", "is in the past", code: "in_the_past")
        }
        self.name = name
        self.role = role
        self.cameras = cameras
        self.expiresAt = expiresAt
    }
}
