/// What a camera says of its own health.
public struct HealthReport: Sendable {
    /// How well a camera says that it is.
    public enum Status: String, Sendable, CaseIterable {
        case healthy
        case warning
        case error

        /// The status that a camera's word means, in any case; nil for a word that means none.
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
    /// The part of the camera that is spoken of.
    public let component: String
    /// How well it is.
    public let status: Status
    /// In words.
    public let message: String
    /// Further values, such as `cpu_usage` in percent, as a JSON object.
    public let details: String?
    /// When this server received it.
    public let receivedAt: Timestamp

    /// Throws ``Refusal`` where a text is missing or too long.
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
