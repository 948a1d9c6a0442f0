public import Core

/// An authenticated client: a person, a camera or a program.
public struct Principal: Sendable, Equatable {
    /// The cameras as which a principal may send.
    public enum Cameras: Sendable, Equatable {
        case all
        case only(Set<String>)

        /// Whether a camera is among them.
        public func contains(_ cameraID: String) -> Bool {
            switch self {
            case .all: true
            case .only(let names): names.contains(cameraID)
            }
        }
    }

    /// Its permanent id, independent of its name.
    public let id: String
    /// Its display name.
    public let name: String
    /// Its role; nil for a client that has shown no credential.
    public let role: Role?
    /// The cameras as which it may send, if its role allows it to send at all.
    public let cameras: Cameras

    /// What must be done before anything else is allowed; nil if nothing must.
    public let duty: Duty?

    /// What a person must do first.
    public enum Duty: Sendable, Equatable {
        /// Choose a password that no one else knows.
        case changePassword
        /// Turn the second factor on, which the settings require.
        case addSecondFactor
    }

    /// Makes a principal with the rights of its role.
    public init(
        id: String,
        name: String,
        role: Role?,
        cameras: Cameras = .all,
        duty: Duty? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.cameras = cameras
        self.duty = duty
    }

    /// A person who is signed in.
    init(_ person: Person, _ options: AccessOptions) {
        let lacksFactor =
            options.secondFactor.isRequired(of: person.role) && person.secondFactor == nil
        self.init(
            id: person.principalID,
            name: person.name,
            role: person.role,
            duty: person.mustChangePassword ? .changePassword : lacksFactor ? .addSecondFactor : nil
        )
    }

    /// The holder of a token.
    init(_ token: AccessToken) {
        self.init(
            id: "token:\(token.id)",
            name: token.name,
            role: token.role,
            cameras: token.cameras.map { .only($0) } ?? .all
        )
    }

    /// Clients on this machine, which need no credential.
    public static let thisMachine = Principal(id: "local", name: "local", role: .admin)

    /// Clients on this machine that may send only (`LOCAL_ACCESS=camera`).
    public static let camerasOfThisMachine = Principal(id: "local", name: "local", role: .camera)

    /// A client elsewhere that has shown no credential yet.
    static let stranger = Principal(id: "stranger", name: "not signed in", role: nil)

    /// The same on this machine, where probes look whether the service is alive.
    static let localStranger = Principal(id: "local_stranger", name: "not signed in", role: nil)

    /// Cameras that are admitted by their address (`CAMERA_NETWORKS`): which one it is, only they say.
    public static let cameraNetworks = Principal(
        id: "camera_networks",
        name: "camera network",
        role: .camera
    )

    /// A process at the Unix socket, which needs no credential.
    ///
    /// Throws ``Refusal`` unless its user runs the service, or is root.
    static func commandLine(_ user: LocalUser) throws(Refusal) -> Principal {
        guard user.isOwner || user.isRoot else { throw .notTheOwner(user) }
        return Principal(
            id: "command_line",
            name: "command line (\(user.name))",
            role: .admin
        )
    }

    /// Who it is in the audit.
    func actor(address: String?, purpose: String? = nil) -> Actor {
        Actor(id: id, name: name, address: address, role: role?.rawValue, purpose: purpose)
    }

    /// Whether it may do something.
    public func may(_ permission: Permission) -> Bool {
        guard let role else {
            switch permission {
            case .signIn, .openSocket: return true
            case .probe: return self == .localStranger
            default: return false
            }
        }
        guard duty == nil else {
            switch permission {
            case .signIn, .probe, .connect: return true
            default: return false
            }
        }
        return role.may(permission)
    }

    /// Whether it may send as a camera, which nothing but ``Intake`` asks.
    public func may(_ permission: Permission, as cameraID: String) -> Bool {
        may(permission) && cameras.contains(cameraID)
    }
}

extension Refusal {
    /// A process of another user at the Unix socket.
    fileprivate static func notTheOwner(_ user: LocalUser) -> Refusal {
        Refusal(
            .forbidden,
            "only root and the user that runs the service may use this socket, not \(user.name)"
        )
    }

    /// A permission that a principal lacks.
    static func notPermitted(_ principal: Principal) -> Refusal {
        refusal(principal).by(principal.actor(address: nil))
    }

    private static func refusal(_ principal: Principal) -> Refusal {
        switch (principal.duty, principal.role) {
        case (.changePassword, _):
            Refusal(
                .forbidden,
                "choose a password of your own first: PUT /api/session/password, or the page /account",
                code: "password_change_needed"
            )
        case (.addSecondFactor, _):
            Refusal(
                .forbidden,
                "turn on the second factor first: the page /account",
                code: "second_factor_needed"
            )
        case (nil, .camera):
            Refusal(.forbidden, "a camera may send reads and health, and nothing else")
        case (nil, let role):
            Refusal(
                .forbidden,
                "\(principal.name) has the role \(role?.rawValue ?? "none"), which does not allow this"
            )
        }
    }
}
