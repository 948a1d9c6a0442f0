/// A principal's role; ``permissions`` has its rights.
public enum Role: String, Sendable, CaseIterable {
    /// Sends reads and health as itself.
    case camera
    /// Reads pages, pictures and the API.
    case viewer
    /// May change the blacklist, acknowledge alerts, delete.
    case `operator`
    /// May do everything.
    case admin

    /// The permissions of the role.
    ///
    /// Roles are not ordered: a reader may not therefore send reads.
    public var permissions: Set<Permission> {
        switch self {
        case .camera: [.connect, .send]
        case .viewer: [.connect, .read]
        case .operator: [.connect, .read, .manageBlacklist, .deleteRecords, .checkHealth]
        case .admin: Set(Permission.allCases)
        }
    }
}

/// A permission.
public enum Permission: Sendable, CaseIterable {
    /// Reach the service: probes, and sockets, whose messages are judged one by one.
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
    /// Clean up and optimize the database.
    case administer
}
