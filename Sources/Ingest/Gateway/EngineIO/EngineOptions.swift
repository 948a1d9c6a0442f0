/// What can be chosen about Engine.IO, and the bounds.
public struct EngineOptions: Sendable {
    /// Milliseconds between a pong and the next ping.
    public var pingMilliseconds: Int64 = 25_000
    /// Milliseconds that a client has to answer a ping.
    public var pongMilliseconds: Int64 = 20_000
    /// Bytes of a message, and of a polling body, at the most.
    public var payloadBytesMax = 14 * 1_024 * 1_024
    /// Milliseconds that a client has to connect to a namespace, and for attachments to come.
    public var connectMilliseconds: Int64 = 45_000
    /// Milliseconds that an upgrade to WebSocket may take.
    public var upgradeMilliseconds: Int64 = 10_000
    /// Bytes that may wait for a client that does not fetch them.
    public var outboxBytesMax = 4 * 1_024 * 1_024
    /// Sessions at the most.
    public var sessionsMax = 10_000
    /// Sessions of one address at the most; this machine's own aside, behind which a proxy may stand.
    public var sessionsPerAddressMax = 256

    /// The defaults.
    public init() {}
}
