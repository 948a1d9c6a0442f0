/// A read of a plate as offered by a camera; valid by construction.
public struct Read: Sendable {
    /// The camera's name, 1–50 characters.
    public let cameraID: String
    /// The plate.
    public let plate: Plate
    /// The camera's confidence, if it sent one.
    public let confidence: Confidence?
    /// The pictures, one for each subject, the main one first; none once they are in files.
    public internal(set) var pictures: [ReadPicture]
    /// The camera's location.
    public let location: Location
    /// When the camera saw the plate; nil if it sent no time.
    public let cameraTime: Timestamp?
    /// When the read reached this server.
    public let receivedAt: Timestamp
    /// The camera's id of this read, unique per camera: the same id again stores nothing.
    public let eventID: String?
    /// Additional fields worth storing, such as `vehicle_type`.
    public let details: [JSON.Member]
    /// Warnings about its optional parts.
    public let warnings: [Warning]

    /// Makes a read of parts that are valid each.
    ///
    /// `picture` is one of which it is not known what it shows, and the main one. `part` numbers the reads of a
    /// detection, which have one event id together. Throws ``Refusal``
    /// where the camera's or event's id breaks its rule or the details are too large.
    public init(
        cameraID: String,
        plate: Plate,
        confidence: Confidence? = nil,
        picture: Picture? = nil,
        pictures: [ReadPicture] = [],
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
        self.pictures = Read.distinct(picture.map { [ReadPicture($0)] + pictures } ?? pictures)
        self.location = location
        self.cameraTime = cameraTime
        self.receivedAt = receivedAt
        let eventID = try Read.eventID(eventID, limits: limits)
        self.eventID = if let eventID, let part { "\(eventID)#\(part)" } else { eventID }
        self.details = try Read.details(details, limits: limits)
        self.warnings = warnings
    }

    /// The main picture.
    public var picture: Picture? { pictures.first?.picture }

    /// The first picture of each subject; `image` is the main one if there is one.
    private static func distinct(_ pictures: [ReadPicture]) -> [ReadPicture] {
        guard pictures.count > 1 else { return pictures }
        var subjects: Set<PictureSubject> = []
        let distinct = pictures.filter { subjects.insert($0.subject).inserted }
        return distinct.filter { $0.subject == .image } + distinct.filter { $0.subject != .image }
    }

    private static let noIDs: Set = ["none", "null", "nil", "nan", "undefined"]

    /// Validates a camera's id of a read.
    public static func eventID(_ text: String?, limits: Limits) throws(Refusal) -> String? {
        // What programs write for "none": as an id, each read after the first would be its duplicate.
        if let text, noIDs.contains(text.lowercased()) { return nil }
        return try FieldText.optional(text, field: "event_id", max: limits.eventIDCharactersMax)
    }

    /// Checks the size of the additional fields.
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

    /// Validates a camera's name.
    public static func cameraID(_ text: String, limits: Limits) throws(Refusal) -> String {
        try FieldText.required(text, field: "camera_id", max: limits.cameraIDCharactersMax)
    }

    /// The capture time that the record is filed by: the camera's time, or that of receipt if it is missing or
    /// implausible.
    public func seenAt(limits: Limits) -> Timestamp {
        guard let cameraTime, timeIsTrue(cameraTime, limits: limits) else { return receivedAt }
        return cameraTime
    }

    /// The camera's time if it is implausible; stored beside the record.
    public func claimedTime(limits: Limits) -> Timestamp? {
        cameraTime.flatMap { timeIsTrue($0, limits: limits) ? nil : $0 }
    }

    /// A time too far ahead, before the retention's start, or before such cameras existed comes from a wrong clock.
    private func timeIsTrue(_ time: Timestamp, limits: Limits) -> Bool {
        let lead = time.milliseconds - receivedAt.milliseconds
        guard lead <= limits.clockAheadMillisecondsMax,
            time.milliseconds >= Limits.earliestCameraTime.milliseconds
        else { return false }
        return limits.retentionDays == 0 || -lead <= Int64(limits.retentionDays) * 86_400_000
    }
}
