/// A validated listen address.
public struct ListenAddress: Sendable, Equatable {
    /// The address.
    let address: IPAddress
    /// The address as written.
    public let text: String

    /// Validates a listen address; `localhost` is 127.0.0.1.
    ///
    /// Throws ``ListenError/notAnAddress(_:)`` for any other text.
    public init(_ text: String) throws(ListenError) {
        let plain = text.lowercased() == "localhost" ? "127.0.0.1" : text
        let bare =
            plain.hasPrefix("[") && plain.hasSuffix("]") ? plain.dropFirst().dropLast() : plain[...]
        guard let address = IPAddress(bare) else { throw .notAnAddress(text) }
        self.address = address
        self.text = String(bare)
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool { address.isLoopback }

    /// Checks that other machines may reach a listener of pages and REST, if they can.
    ///
    /// They may once there is an admin, who decides who gets in, and only where plain HTTP was allowed: neither
    /// listener speaks TLS. Throws ``ListenError``, whose description says what to do.
    public func check(hasAdmin: Bool, allowsPlainHTTP: Bool) throws(ListenError) {
        guard !isLoopback else { return }
        guard hasAdmin else { throw .needsAdmin(text) }
        guard allowsPlainHTTP else { throw .needsTLS(text) }
    }

    /// The same for the camera gateway, which other machines may also reach if the networks of the cameras are known.
    public func check(
        forCamerasIn networks: [Network],
        hasAdmin: Bool,
        allowsPlainHTTP: Bool
    ) throws(ListenError) {
        guard !isLoopback, networks.isEmpty else { return }
        guard hasAdmin else { throw .needsNetworks(text) }
        guard allowsPlainHTTP else { throw .needsTLS(text) }
    }
}
