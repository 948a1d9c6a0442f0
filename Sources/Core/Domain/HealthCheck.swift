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

extension HealthCheck: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("timestamp", checkedAt)
            writer.field("overall_status", overall.rawValue)
            writer.key("components")
            writer.object { writer in
                for component in components {
                    writer.key(component.part.rawValue)
                    writer.object { writer in
                        writer.field("status", component.status.rawValue)
                        writer.field("message", component.message)
                        writer.field("message_th", component.thaiMessage)
                        writer.field("details", JSON.object(component.details))
                    }
                }
            }
        }
    }
}

extension HealthCheck {
    /// A check from the JSON that ``write(to:)`` made; nil where it is something else.
    public init?(json: JSON) {
        guard case .string(let time)? = json["timestamp"], let checkedAt = Timestamp(rfc3339: time),
            case .object(let members)? = json["components"]
        else { return nil }
        var components: [Component] = []
        for member in members {
            guard let part = Part(rawValue: member.name),
                case .string(let word)? = member.value["status"],
                let status = Status(rawValue: word),
                case .string(let message)? = member.value["message"],
                case .object(let details)? = member.value["details"]
            else { return nil }
            var thai = message
            if case .string(let text)? = member.value["message_th"] { thai = text }
            components.append(Component(part, status, message, thai: thai, details))
        }
        self.init(checkedAt: checkedAt, components: components)
    }
}
