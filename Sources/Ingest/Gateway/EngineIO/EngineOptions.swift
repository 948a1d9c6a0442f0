/// The options and limits of Engine.IO.
public struct EngineOptions: Sendable {
    /// Milliseconds between a pong and the next ping.
    public var pingMilliseconds: Int64 = 25_000
    /// Time limit for the pong to a ping, in milliseconds.
    public var pongMilliseconds: Int64 = 20_000
    /// Maximum size of a message, and of a polling body, in bytes.
    public var payloadBytesMax = 14 * 1_024 * 1_024
    /// Time limit for connecting to a namespace, and for attachments, in milliseconds.
    public var connectMilliseconds: Int64 = 45_000
    /// Time limit for an upgrade to WebSocket, in milliseconds.
    public var upgradeMilliseconds: Int64 = 10_000
    /// Maximum bytes queued for a client.
    public var outboxBytesMax = 4 * 1_024 * 1_024
    /// Maximum number of sessions.
    public var sessionsMax = 10_000
    /// Maximum number of sessions per address; loopback, which may be a proxy, is exempt.
    public var sessionsPerAddressMax = 256

    /// The defaults.
    public init() {}
}
