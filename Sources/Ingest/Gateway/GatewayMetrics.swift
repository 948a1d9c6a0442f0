public import Core
internal import Synchronization

/// How many sockets the gateway has, for whoever asks on any thread.
public final class GatewayMetrics: Sendable {
    let sessions = Atomic<Int>(0)
    let plainSockets = Atomic<Int>(0)

    /// Nobody is there yet.
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
