/// The edge's newer body: one picture with any number of vehicles, plates and OCR results.
public struct Detection: Sendable {
    /// The camera's name.
    public let cameraID: String
    /// The checkpoint that the camera stands at.
    public let checkpointID: String?
    /// How many vehicles were seen.
    public let vehicles: Int
    /// How many plates were seen.
    public let plates: Int
    /// When this server received it.
    public let receivedAt: Timestamp
    /// When the camera says that it was.
    public let cameraTime: Timestamp?
    /// The camera's own id of it, unique per camera.
    public let eventID: String?
    /// One read for each OCR result.
    public internal(set) var reads: [Read]
    /// What was wrong with its optional parts, those of its reads included.
    public let warnings: [Warning]

    /// Makes a detection of parts that are valid each.
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

    /// More vehicles than that on one picture are a mistake of the sender's.
    private static let countMax = 1_000_000

    /// Checks how many were seen.
    public static func count(_ count: Int?, field: String) throws(Refusal) -> Int? {
        guard let count else { return nil }
        guard (0...countMax).contains(count) else {
            throw .invalid(field, "must be between 0 and \(countMax)", code: "out_of_range")
        }
        return count
    }
}
