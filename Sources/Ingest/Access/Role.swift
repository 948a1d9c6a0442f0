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
        case (.camera, .connect), (.camera, .send): true
        case (.viewer, .connect), (.viewer, .read): true
        case (.operator, .connect), (.operator, .read), (.operator, .manageBlacklist),
            (.operator, .deleteRecords), (.operator, .checkHealth):
            true
        case (.admin, _): true
        case (.camera, _), (.viewer, _), (.operator, _): false
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
