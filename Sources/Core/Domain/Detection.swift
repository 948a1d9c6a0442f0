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
    public let reads: [Read]

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
        limits: Limits
    ) throws(Refusal) {
        self.cameraID = try Read.cameraID(cameraID, limits: limits)
        self.checkpointID = try FieldText.optional(
            checkpointID,
            field: "checkpoint_id",
            max: limits.cameraIDCharactersMax
        )
        guard vehicles >= 0 else { throw .invalid("vehicles_count", "must not be negative") }
        guard plates >= 0 else { throw .invalid("plates_count", "must not be negative") }
        self.vehicles = vehicles
        self.plates = plates
        self.receivedAt = receivedAt
        self.cameraTime = cameraTime
        self.eventID = try FieldText.optional(
            eventID,
            field: "event_id",
            max: limits.eventIDCharactersMax
        )
        self.reads = reads
    }
}
