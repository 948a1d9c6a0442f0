/// A read that is kept.
public struct Record: Sendable, Equatable {
    /// Grows with each record and is never used again.
    public let id: Int64
    /// The camera's name.
    public let cameraID: String
    /// The plate as this read spelt it.
    public let plate: Plate
    /// How sure the camera was, where it said so.
    public let confidence: Confidence?
    /// What the record is ordered and filed by: when the plate was seen, never in the future of its
    /// receipt.
    public let seenAt: Timestamp
    /// When the read reached this server.
    public let receivedAt: Timestamp
    /// The camera's own time, if it could not be true: too far ahead, or from before what is kept.
    public let claimedTime: Timestamp?
    /// The picture's path below the picture folder (`2026/11/23/….jpg`), where there is one.
    public let picturePath: String?
    /// Where the camera stood.
    public let location: Location
    /// How the plate matched the blacklist at the time of the read; nil where it did not.
    public let match: BlacklistMatch?
    /// The matched entry's reason at that time.
    public let matchReason: String?
    /// The matched entry's plate, as it was listed.
    public let listedPlate: String?
    /// The camera's own id of the read.
    public let eventID: String?
    /// Whatever else was said, as a JSON object.
    public let details: String?
    /// What was wrong with the read's optional parts, as a JSON array; nil if nothing was.
    public let warnings: String?
}

/// How sure it is that a read is of a listed plate.
public enum BlacklistMatch: String, Sendable {
    /// Number and, where the entry names one, province are the same.
    case certain
    /// The number is the same; the entry names a province and the read does not.
    case possible
}

extension Record {
    /// A read that took longer than this to arrive is late, in ms: what it tells is not happening now.
    public static let delayOfLateMilliseconds: Int64 = 5 * 60_000
}
