/// What a line of a table shows of a record.
///
/// Nothing of it ever changes for as long as the record is kept: a line that was printed once may be
/// used again.
public struct RecordRow: Sendable, Equatable {
    /// The record's id.
    public let id: Int64
    /// The camera's name.
    public let cameraID: String
    /// The plate as this read spelt it.
    public let plateText: String
    /// How sure the camera was, where it said so.
    public let confidence: Confidence?
    /// When the plate was seen.
    public let seenAt: Timestamp
    /// The camera's own time, if it could not be true.
    public let claimedTime: Timestamp?
    /// The picture's path below the picture folder, where there is one.
    public let picturePath: String?
    /// Where the camera stood, in words.
    public let locationText: String?
    /// How the plate matched the blacklist at the time of the read; nil where it did not.
    public let match: BlacklistMatch?
    /// The matched entry's reason at that time.
    public let matchReason: String?
    /// The matched entry's plate, as it was listed.
    public let listedPlate: String?
    /// Whether it took more than ``Record/delayOfLateMilliseconds`` to arrive.
    public let isLate: Bool
    /// Whether its picture cannot be decoded to its end.
    public let isDamaged: Bool
}
