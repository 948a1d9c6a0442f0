/// A check of the server's health.
public struct HealthCheck: Sendable, Equatable {
    /// The health of a component.
    ///
    /// The worst component determines the overall status.
    public enum Status: String, Sendable, Comparable, CaseIterable {
        case pass = "PASS"
        case warning = "WARNING"
        case fail = "FAIL"

        /// Whether the left one comes first.
        public static func < (left: Status, right: Status) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .pass: 0
            case .warning: 1
            case .fail: 2
            }
        }
    }

    /// The components, in display order.
    ///
    /// Raw values are the wire contract's names.
    public enum Part: String, Sendable, CaseIterable {
        case database
        case diskSpace = "disk_space"
        case systemResources = "system_resources"
        case cameras
        case services
    }

    /// The result for one component.
    public struct Component: Sendable, Equatable {
        /// The component.
        public let part: Part
        /// Its health.
        public let status: Status
        /// The text in English.
        public let message: String
        /// The text in Thai.
        public let thaiMessage: String
        /// Measurements; names end in their units.
        public let details: [JSON.Member]

        /// Makes a result.
        public init(
            _ part: Part,
            _ status: Status,
            _ message: String,
            thai thaiMessage: String,
            _ details: [JSON.Member]
        ) {
            self.part = part
            self.status = status
            self.message = message
            self.thaiMessage = thaiMessage
            self.details = details
        }
    }

    /// When the check ran.
    public let checkedAt: Timestamp
    /// The result of each component.
    public let components: [Component]

    /// Makes a check from its results.
    public init(checkedAt: Timestamp, components: [Component]) {
        self.checkedAt = checkedAt
        self.components = components
    }

    /// The worst component's status.
    public var overall: Status { components.map(\.status).max() ?? .pass }
}
