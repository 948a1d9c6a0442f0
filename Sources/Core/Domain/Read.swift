/// One read of a plate as a camera offers it; valid by construction.
public struct Read: Sendable {
    /// The camera's name, 1–50 characters.
    public let cameraID: String
    /// The plate.
    public let plate: Plate
    /// How sure the camera is, where it said so.
    public let confidence: Confidence?
    /// The picture, where one came; nil as soon as it is in a file.
    public internal(set) var picture: Picture?
    /// Where the camera stood.
    public let location: Location
    /// When the camera says that it saw the plate; nil where it did not say.
    public let cameraTime: Timestamp?
    /// When the read reached this server.
    public let receivedAt: Timestamp
    /// The camera's own id of this read, unique per camera: the same again stores nothing.
    public let eventID: String?
    /// Whatever else was said that is worth keeping, such as `vehicle_type`.
    public let details: [JSON.Member]

    /// Makes a read of parts that are valid each.
    ///
    /// Throws ``Refusal`` where the camera's or event's id breaks its rule or the details are too
    /// large.
    public init(
        cameraID: String,
        plate: Plate,
        confidence: Confidence? = nil,
        picture: Picture? = nil,
        location: Location = .unknown,
        cameraTime: Timestamp? = nil,
        receivedAt: Timestamp,
        eventID: String? = nil,
        details: [JSON.Member] = [],
        limits: Limits
    ) throws(Refusal) {
        self.cameraID = try Read.cameraID(cameraID, limits: limits)
        self.plate = plate
        self.confidence = confidence
        self.picture = picture
        self.location = location
        self.cameraTime = cameraTime
        self.receivedAt = receivedAt
        self.eventID = try FieldText.optional(
            eventID,
            field: "event_id",
            max: limits.eventIDCharactersMax
        )
        self.details = details
        guard details.isEmpty || JSON.object(details).json.utf8.count <= limits.detailsBytesMax
        else {
            throw Refusal(
                .invalid,
                "the further fields take more than \(limits.detailsBytesMax) bytes"
            )
        }
    }

    /// Checks a camera's name.
    public static func cameraID(_ text: String, limits: Limits) throws(Refusal) -> String {
        try FieldText.required(text, field: "camera_id", max: limits.cameraIDCharactersMax)
    }

    /// When the read counts as seen: the camera's time, or that of receipt where there is none or it
    /// lies too far in the future to be true.
    public func seenAt(limits: Limits) -> Timestamp {
        guard let cameraTime, !clockIsAhead(limits: limits) else { return receivedAt }
        return cameraTime
    }

    /// Whether the camera's time is so far in the future that its clock must be wrong.
    public func clockIsAhead(limits: Limits) -> Bool {
        guard let cameraTime else { return false }
        return cameraTime.milliseconds - receivedAt.milliseconds > limits.clockAheadMillisecondsMax
    }
}
