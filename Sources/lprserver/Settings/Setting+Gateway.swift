extension Setting {
    /// The camera gateway's sockets.
    static let gateway = [
        Setting(
            "SOCKET_PING_INTERVAL_MS",
            .number(100...600_000),
            "25000",
            "Milliseconds between two heartbeats of a Socket.IO client."
        ),
        Setting(
            "SOCKET_PING_TIMEOUT_MS",
            .number(100...600_000),
            "20000",
            "Milliseconds that a Socket.IO client has to answer a heartbeat."
        ),
        Setting(
            "SOCKET_CONNECT_TIMEOUT_MS",
            .number(100...600_000),
            "45000",
            "Milliseconds for a Socket.IO client to connect, and for a picture's bytes to follow."
        ),
        Setting(
            "SOCKET_MAX_PAYLOAD",
            .bytes(16 << 10...1 << 30),
            "14MiB",
            "Bytes of one message of a socket; at least what a picture of MAX_IMAGE_SIZE needs."
        ),
        Setting(
            "SOCKET_SESSIONS_MAX",
            .number(1...100_000),
            "10000",
            "Socket.IO clients, and plain WebSockets, at one time; beyond, 503."
        ),
        Setting(
            "SOCKET_SESSIONS_PER_ADDRESS_MAX",
            .number(1...100_000),
            "256",
            "Socket.IO clients of one address; this machine's own aside, where nginx stands."
        ),
    ]
}
