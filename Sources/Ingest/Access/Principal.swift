internal import Core

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
    /// Its role.
    public let role: Role
    /// The cameras as which it may send, if its role allows it to send at all.
    public let cameras: Cameras

    /// Makes a principal with the rights of its role.
    public init(id: String, name: String, role: Role, cameras: Cameras = .all) {
        self.id = id
        self.name = name
        self.role = role
        self.cameras = cameras
    }

    /// Clients on this machine, which need no credential.
    public static let thisMachine = Principal(id: "local", name: "local", role: .admin)

    /// Cameras that are admitted by their address (`CAMERA_NETWORKS`): which one it is, only they say.
    public static let cameraNetworks = Principal(
        id: "camera_networks",
        name: "camera network",
        role: .camera
    )

    /// Whether it may do something.
    public func may(_ permission: Permission) -> Bool { role.may(permission) }

    /// Whether it may send as a camera, which nothing but ``Intake`` asks.
    public func may(_ permission: Permission, as cameraID: String) -> Bool {
        may(permission) && cameras.contains(cameraID)
    }
}

extension Refusal {
    /// A permission that a principal lacks.
    static func notPermitted(_ principal: Principal) -> Refusal {
        Refusal(
            .forbidden,
            principal.role == .camera
                ? "a camera may send reads and health, and nothing else"
                : "\(principal.name) has the role \(principal.role.rawValue), which does not allow this"
        )
    }
}
