/// How well the server is, at one moment.
public struct HealthCheck: Sendable, Equatable {
    /// How well a part is.
    ///
    /// The worst part decides for the whole.
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

    /// The parts, in the order in which they are shown.
    ///
    /// Raw values are WIRE's names.
    public enum Part: String, Sendable, CaseIterable {
        case database
        case diskSpace = "disk_space"
        case systemResources = "system_resources"
        case cameras
        case services
    }

    /// What was found of one part.
    public struct Component: Sendable, Equatable {
        /// Which part.
        public let part: Part
        /// How well it is.
        public let status: Status
        /// In words, in English.
        public let message: String
        /// In words, in Thai.
        public let thaiMessage: String
        /// The figures behind it; names end in their units.
        public let details: [JSON.Member]

        /// Makes a finding.
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

    /// When the check was made.
    public let checkedAt: Timestamp
    /// What was found of each part.
    public let components: [Component]

    /// Makes a check of its findings.
    public init(checkedAt: Timestamp, components: [Component]) {
        self.checkedAt = checkedAt
        self.components = components
    }

    /// The worst part's status.
    public var overall: Status { components.map(\.status).max() ?? .pass }
}
