/// A principal's role; ``may(_:)`` has its rights.
public enum Role: String, Sendable, CaseIterable {
    /// Sends reads and health as itself.
    case camera
    /// Reads pages, pictures and the API.
    case viewer
    /// May change the blacklist, acknowledge alerts, delete.
    case `operator`
    /// May do everything.
    case admin

    /// Whether the role has a permission: the table of rights.
    ///
    /// Roles are not ordered: a reader may not therefore send reads.
    public func may(_ permission: Permission) -> Bool {
        switch (self, permission) {
        case (_, .signIn), (_, .probe), (_, .openSocket): true
        case (.camera, .connect), (.camera, .send): true
        case (.viewer, .connect), (.viewer, .read): true
        case (.operator, .connect), (.operator, .read), (.operator, .manageBlacklist),
            (.operator, .deleteRecords), (.operator, .checkHealth):
            true
        case (.admin, _): true
        case (.camera, _), (.viewer, _), (.operator, _): false
        }
    }

    /// The roles that a person can have: a camera is no person.
    public static let ofPeople: [Role] = [.viewer, .operator, .admin]
}

/// A permission.
public enum Permission: Sendable, CaseIterable {
    /// Show who one is: the page and the call to sign in, and what they need.
    case signIn
    /// Ask whether the service is alive.
    case probe
    /// Open a Socket.IO session, whose first message may carry the credential.
    case openSocket
    /// Reach the service: plain sockets, whose messages are judged one by one, and one's own session.
    case connect
    /// Send reads, detections, registrations and health reports, as one of its cameras.
    case send
    /// Read pages, pictures and the API, and follow events.
    case read
    /// Add entries to the blacklist, and remove them.
    case manageBlacklist
    /// Delete records.
    case deleteRecords
    /// Start a health check.
    case checkHealth
    /// Manage people, tokens and the database, and read the audit.
    case administer
}
