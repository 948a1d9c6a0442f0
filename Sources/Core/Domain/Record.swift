/// A stored read.
public struct Record: Sendable, Equatable {
    /// Grows with each record; never reused.
    public let id: Int64
    /// The camera's name.
    public let cameraID: String
    /// The plate as spelt in this read.
    public let plate: Plate
    /// The camera's confidence, if it sent one.
    public let confidence: Confidence?
    /// The capture time, by which records are ordered and filed; never later than the receipt.
    public let seenAt: Timestamp
    /// When the read reached this server.
    public let receivedAt: Timestamp
    /// The camera's own time, if it was implausible: too far ahead, or before the retention's start.
    public let claimedTime: Timestamp?
    /// The picture's path below the picture folder (`2026/11/23/….jpg`), if there is one.
    public let picturePath: String?
    /// All pictures if there are several, or if it is known what the one shows; else none.
    public let pictures: [KeptPicture]
    /// The camera's location.
    public let location: Location
    /// The blacklist match at the time of the read; nil if there was none.
    public let match: BlacklistMatch?
    /// The matched entry's reason at that time.
    public let matchReason: String?
    /// The matched entry's plate, as listed.
    public let listedPlate: String?
    /// The camera's id of the read.
    public let eventID: String?
    /// Additional fields as a JSON object.
    public let details: String?
    /// Warnings about the read's optional parts as a JSON array; nil if there are none.
    public let warnings: String?
}

/// Whether a blacklist match is certain.
public enum BlacklistMatch: String, Sendable {
    /// The number is equal, and so is the province, if the entry has one.
    case certain
    /// The number is equal; the entry has a province and the read does not.
    case possible
}

extension Record {
    /// The delay in ms beyond which a read is late: it does not tell what happens now.
    public static let delayOfLateMilliseconds: Int64 = 5 * 60_000
}
