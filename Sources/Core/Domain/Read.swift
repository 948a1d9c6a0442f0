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
    /// What was wrong with its optional parts.
    public let warnings: [Warning]

    /// Makes a read of parts that are valid each.
    ///
    /// `part` numbers the reads of a detection, which have one event id together. Throws ``Refusal``
    /// where the camera's or event's id breaks its rule or the details are too large.
    public init(
        cameraID: String,
        plate: Plate,
        confidence: Confidence? = nil,
        picture: Picture? = nil,
        location: Location = .unknown,
        cameraTime: Timestamp? = nil,
        receivedAt: Timestamp,
        eventID: String? = nil,
        part: Int? = nil,
        details: [JSON.Member] = [],
        warnings: [Warning] = [],
        limits: Limits
    ) throws(Refusal) {
        self.cameraID = try Read.cameraID(cameraID, limits: limits)
        self.plate = plate
        self.confidence = confidence
        self.picture = picture
        self.location = location
        self.cameraTime = cameraTime
        self.receivedAt = receivedAt
        let eventID = try Read.eventID(eventID, limits: limits)
        self.eventID = if let eventID, let part { "\(eventID)#\(part)" } else { eventID }
        self.details = try Read.details(details, limits: limits)
        self.warnings = warnings
    }

    private static let noIDs: Set = ["none", "null", "nil", "nan", "undefined"]

    /// Checks a camera's own id of a read.
    public static func eventID(_ text: String?, limits: Limits) throws(Refusal) -> String? {
        // What programs write for "none": as an id, each read after the first would pass for it sent again.
        if let text, noIDs.contains(text.lowercased()) { return nil }
        return try FieldText.optional(text, field: "event_id", max: limits.eventIDCharactersMax)
    }

    /// Checks how much is said beyond the contract.
    public static func details(
        _ details: [JSON.Member],
        limits: Limits
    ) throws(Refusal) -> [JSON.Member] {
        guard details.isEmpty || JSON.object(details).json.utf8.count <= limits.detailsBytesMax
        else {
            throw .invalid(
                "details",
                "exceeds \(limits.detailsBytesMax) bytes together with the other fields",
                code: "too_large"
            )
        }
        return details
    }

    /// Checks a camera's name.
    public static func cameraID(_ text: String, limits: Limits) throws(Refusal) -> String {
        try FieldText.required(text, field: "camera_id", max: limits.cameraIDCharactersMax)
    }

    /// When the read counts as seen: the camera's time, or that of receipt if there is none or it
    /// cannot be true.
    public func seenAt(limits: Limits) -> Timestamp {
        guard let cameraTime, timeIsTrue(cameraTime, limits: limits) else { return receivedAt }
        return cameraTime
    }

    /// The camera's time if it cannot be true; it is kept beside the record.
    public func claimedTime(limits: Limits) -> Timestamp? {
        cameraTime.flatMap { timeIsTrue($0, limits: limits) ? nil : $0 }
    }

    /// A time too far ahead, before what is kept, or before there was any such camera is that of a
    /// wrong clock.
    private func timeIsTrue(_ time: Timestamp, limits: Limits) -> Bool {
        let lead = time.milliseconds - receivedAt.milliseconds
        guard lead <= limits.clockAheadMillisecondsMax,
            time.milliseconds >= Limits.earliestCameraTime.milliseconds
        else { return false }
        return limits.retentionDays == 0 || -lead <= Int64(limits.retentionDays) * 86_400_000
    }
}
