/// A camera's report of its own health.
public struct HealthReport: Sendable {
    /// The health that a camera reports.
    public enum Status: String, Sendable, CaseIterable {
        case healthy
        case warning
        case error

        /// Parses a camera's status word, case-insensitive; nil if it is unknown.
        public init?(word: String) {
            switch word.lowercased() {
            case "healthy", "pass": self = .healthy
            case "warning": self = .warning
            case "error", "fail": self = .error
            default: return nil
            }
        }
    }

    /// The camera's name.
    public let cameraID: String
    /// The component of the camera.
    public let component: String
    /// Its health.
    public let status: Status
    /// The text.
    public let message: String
    /// Additional values, such as `cpu_usage` in percent, as a JSON object.
    public let details: String?
    /// When this server received it.
    public let receivedAt: Timestamp

    /// Throws ``Refusal`` if a text is missing or too long.
    public init(
        cameraID: String,
        component: String?,
        status: Status,
        message: String?,
        details: JSON?,
        receivedAt: Timestamp,
        limits: Limits
    ) throws(Refusal) {
        self.cameraID = try Read.cameraID(cameraID, limits: limits)
        self.component =
            try FieldText.optional(component, field: "component", max: 100) ?? "camera"
        self.status = status
        self.message = try FieldText.optional(message, field: "message", max: 500) ?? ""
        let json = details.map(\.json)
        guard (json?.utf8.count ?? 0) <= limits.healthDetailsBytesMax else {
            throw .invalid(
                "details",
                "must have at most \(limits.healthDetailsBytesMax) bytes as JSON",
                code: "too_large"
            )
        }
        self.details = json
        self.receivedAt = receivedAt
    }
}
