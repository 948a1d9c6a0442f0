extension Setting {
    /// Settings of the camera gateway's sockets.
    static let gateway = [
        Setting(
            "SOCKET_PING_INTERVAL_MS",
            .number(100...600_000),
            "25000",
            "Interval between Engine.IO pings, in milliseconds."
        ),
        Setting(
            "SOCKET_PING_TIMEOUT_MS",
            .number(100...600_000),
            "20000",
            "Time limit for the pong to an Engine.IO ping, in milliseconds."
        ),
        Setting(
            "SOCKET_CONNECT_TIMEOUT_MS",
            .number(100...600_000),
            "45000",
            "Time limit for the Socket.IO CONNECT packet and for binary attachments, in milliseconds."
        ),
        Setting(
            "SOCKET_MAX_PAYLOAD",
            .bytes(16 << 10...1 << 30),
            "14MiB",
            "Maximum size of a socket message; raised to what a picture of MAX_IMAGE_SIZE needs."
        ),
        Setting(
            "SOCKET_SESSIONS_MAX",
            .number(1...100_000),
            "10000",
            "Maximum Socket.IO clients, and maximum plain WebSockets; if exceeded, 503."
        ),
        Setting(
            "SOCKET_SESSIONS_PER_ADDRESS_MAX",
            .number(1...100_000),
            "256",
            "Maximum Socket.IO clients per client address; loopback (nginx) is exempt."
        ),
    ]
}
