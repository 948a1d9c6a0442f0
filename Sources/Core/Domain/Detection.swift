/// A detection, the edge's newer body: one picture with any number of vehicles, plates and OCR results.
public struct Detection: Sendable {
    /// The camera's name.
    public let cameraID: String
    /// The camera's checkpoint.
    public let checkpointID: String?
    /// The number of vehicles.
    public let vehicles: Int
    /// The number of plates.
    public let plates: Int
    /// When this server received it.
    public let receivedAt: Timestamp
    /// When the camera saw it.
    public let cameraTime: Timestamp?
    /// The camera's id of it, unique per camera.
    public let eventID: String?
    /// One read per OCR result.
    public internal(set) var reads: [Read]
    /// Warnings about its optional parts, including those of its reads.
    public let warnings: [Warning]

    /// Makes a detection from valid parts.
    public init(
        cameraID: String,
        checkpointID: String?,
        vehicles: Int,
        plates: Int,
        receivedAt: Timestamp,
        cameraTime: Timestamp?,
        eventID: String?,
        reads: [Read],
        warnings: [Warning] = [],
        limits: Limits
    ) throws(Refusal) {
        self.cameraID = try Read.cameraID(cameraID, limits: limits)
        self.checkpointID = try FieldText.optional(
            checkpointID,
            field: "checkpoint_id",
            max: limits.cameraIDCharactersMax
        )
        self.vehicles = try Detection.count(vehicles, field: "vehicles_count") ?? 0
        self.plates = try Detection.count(plates, field: "plates_count") ?? 0
        self.receivedAt = receivedAt
        self.cameraTime = cameraTime
        self.eventID = try FieldText.optional(
            eventID,
            field: "event_id",
            max: limits.eventIDCharactersMax
        )
        self.reads = reads
        self.warnings = warnings
    }

    /// A larger number of vehicles on one picture is a sender's error.
    private static let countMax = 1_000_000

    /// Validates a number of vehicles or plates.
    public static func count(_ count: Int?, field: String) throws(Refusal) -> Int? {
        guard let count else { return nil }
        guard (0...countMax).contains(count) else {
            throw .invalid(field, "must be between 0 and \(countMax)", code: "out_of_range")
        }
        return count
    }
}
