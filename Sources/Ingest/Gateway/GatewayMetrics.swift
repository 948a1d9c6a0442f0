public import Core
internal import Synchronization

/// The number of the gateway's sockets, readable on any thread.
public final class GatewayMetrics: Sendable {
    let sessions = Atomic<Int>(0)
    let plainSockets = Atomic<Int>(0)

    /// No sockets yet.
    public init() {}

    /// How the gateway is, for the health check.
    public var serviceState: ServiceState {
        ServiceState(
            name: "gateway",
            status: .pass,
            message: "Running",
            details: [
                JSON.Member("sessions", .number(Double(sessions.load(ordering: .relaxed)))),
                JSON.Member(
                    "plain_sockets",
                    .number(Double(plainSockets.load(ordering: .relaxed)))
                ),
            ]
        )
    }
}
