/// The fields of a record that table rows show.
///
/// They never change while the record exists, so that a rendered row can be cached; only a picture may arrive later,
/// which an event tells (``Changes/corrected``).
public struct RecordRow: Sendable, Equatable {
    /// The record's id.
    public let id: Int64
    /// The camera's name.
    public let cameraID: String
    /// The plate as spelt in this read.
    public let plateText: String
    /// The camera's confidence, if it sent one.
    public let confidence: Confidence?
    /// When the plate was seen.
    public let seenAt: Timestamp
    /// The camera's own time, if it was implausible.
    public let claimedTime: Timestamp?
    /// The picture's path below the picture folder, if there is one.
    public let picturePath: String?
    /// The camera's location as text.
    public let locationText: String?
    /// The blacklist match at the time of the read; nil if there was none.
    public let match: BlacklistMatch?
    /// The matched entry's reason at that time.
    public let matchReason: String?
    /// The matched entry's plate, as listed.
    public let listedPlate: String?
    /// Whether it took more than ``Record/delayOfLateMilliseconds`` to arrive.
    public let isLate: Bool
    /// Whether its picture is truncated.
    public let isDamaged: Bool
}
