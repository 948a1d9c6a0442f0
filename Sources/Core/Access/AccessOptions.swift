/// What can be chosen about access.
public struct AccessOptions: Sendable, Equatable {
    /// What clients on this machine may do without a credential.
    public enum LocalAccess: String, Sendable, CaseIterable {
        /// Everything as long as no person and no token exists, then nothing.
        case auto
        /// Everything, always.
        case open
        /// Send reads and health.
        case camera
    }

    /// Who must have a second factor to sign in.
    public enum SecondFactor: String, Sendable, CaseIterable {
        /// No one; each person may turn it on.
        case off
        /// Admins.
        case admin
        /// All people.
        case all

        /// Whether a role must have one.
        public func isRequired(of role: Role) -> Bool {
            switch self {
            case .off: false
            case .admin: role == .admin
            case .all: true
            }
        }
    }

    /// What clients on this machine may do without a credential (`LOCAL_ACCESS`).
    public var localAccess = LocalAccess.auto
    /// Minutes without use after which a session ends (`SESSION_IDLE_MINUTES`); an open page that is live uses it.
    public var sessionIdleMinutes = 60
    /// Hours after which a session ends however much it is used (`SESSION_HOURS`).
    public var sessionHours = 12
    /// Who must have a second factor (`SECOND_FACTOR`).
    public var secondFactor = SecondFactor.off

    /// The defaults.
    public init() {}
}
