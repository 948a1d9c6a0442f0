/// A known camera.
public struct Camera: Sendable, Equatable {
    /// The row id.
    public let number: Int64
    /// Its name (`camera_id`).
    public let id: String
    /// The checkpoint that it registered with.
    public let checkpointID: String?
    /// Its last reported location.
    public let location: Location
    /// Whether it sent a message within the silence limit.
    public let isConnected: Bool
    /// When its first message was received.
    public let firstHeardAt: Timestamp
    /// When its last message was received: a read, a registration, a health report.
    public let lastHeardAt: Timestamp
    /// When its last read was seen.
    public let lastReadAt: Timestamp?
    /// The number of its records.
    public let reads: Int
    /// The number of its blacklist hits.
    public let hits: Int
    /// Its last reported health: `healthy`, `warning` or `error`.
    public let healthStatus: String?
    /// The number of refusals today.
    public let refusedToday: Int
    /// The last refusal, kept as long as health reports.
    public let lastRefusal: CameraRefusal?
    /// The offset of its clock ahead of the server's, in ms; negative if it is behind, nil if its reads have no
    /// times.
    ///
    /// The maximum over its reads of ten minutes: a read that waited in the camera's queue looks like one of a clock
    /// that is behind, and the one that waited least is the most accurate.
    public let clockOffsetMilliseconds: Int64?
    /// When the offset was measured.
    public let clockMeasuredAt: Timestamp?

    /// How long a measurement overrides smaller ones, in ms.
    static let clockWindowMilliseconds = 600_000
}
