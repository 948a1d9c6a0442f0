/// A camera that has been heard of.
public struct Camera: Sendable, Equatable {
    /// The store's number of it.
    public let number: Int64
    /// Its name (`camera_id`).
    public let id: String
    /// The checkpoint that it registered for.
    public let checkpointID: String?
    /// Where it stood when it last said so.
    public let location: Location
    /// Whether it was heard of within the time after which silence counts as absence.
    public let isConnected: Bool
    /// When it was first heard of.
    public let firstHeardAt: Timestamp
    /// When it was last heard of: a read, a registration, a health report.
    public let lastHeardAt: Timestamp
    /// When its last read was seen.
    public let lastReadAt: Timestamp?
    /// How many records of it are kept.
    public let reads: Int
    /// How many of them matched the blacklist.
    public let hits: Int
    /// What it last said of its health: `healthy`, `warning` or `error`.
    public let healthStatus: String?
    /// How often it was refused today.
    public let refusedToday: Int
    /// The last time that it was refused, as long as health is kept.
    public let lastRefusal: CameraRefusal?
    /// How far its clock is ahead of this server's, in ms; negative if it is behind, nil if its reads have no times.
    ///
    /// The greatest that its reads of ten minutes show: a read that waited in the camera's queue looks like one of a clock
    /// that is behind, and the one that waited least tells most.
    public let clockOffsetMilliseconds: Int64?
    /// When that was measured.
    public let clockMeasuredAt: Timestamp?

    /// For how long a measurement counts against those that show less, in ms.
    static let clockWindowMilliseconds = 600_000
}
