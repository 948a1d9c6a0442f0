/// What a principal is to the service; which rights that gives says ``permissions``.
public enum Role: String, Sendable, CaseIterable {
    /// Sends reads and health as itself.
    case camera
    /// Looks at pages, pictures and the API.
    case viewer
    /// Also looks after the blacklist, and deletes.
    case `operator`
    /// May do everything.
    case admin

    /// The rights of the role.
    ///
    /// No order of roles stands behind this table: who looks at reads may not therefore send them.
    public var permissions: Set<Permission> {
        switch self {
        case .camera: [.connect, .send]
        case .viewer: [.connect, .read]
        case .operator: [.connect, .read, .manageBlacklist, .deleteRecords, .checkHealth]
        case .admin: Set(Permission.allCases)
        }
    }
}

/// One thing that a principal may be allowed to do.
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
