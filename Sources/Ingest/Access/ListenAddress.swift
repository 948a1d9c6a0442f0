/// A validated listen address.
public struct ListenAddress: Sendable, Equatable {
    /// The address.
    let address: IPAddress
    /// The address as written.
    public let text: String

    /// Validates a listen address; `localhost` is 127.0.0.1.
    ///
    /// Throws ``ListenError`` for a text that is not an address, and for one beyond loopback: without credentials,
    /// every client that reached it could do everything.
    public init(_ text: String) throws(ListenError) {
        try self.init(text, unlessLoopback: .beyondLoopback(text))
    }

    /// Validates the listen address of the camera gateway.
    ///
    /// It may be beyond loopback if the networks of the cameras are known; otherwise
    /// ``ListenError/needsNetworks(_:)`` says what to do.
    public init(forCameras text: String, in networks: [Network]) throws(ListenError) {
        try self.init(text, unlessLoopback: networks.isEmpty ? .needsNetworks(text) : nil)
    }

    private init(_ text: String, unlessLoopback refusal: ListenError?) throws(ListenError) {
        let plain = text.lowercased() == "localhost" ? "127.0.0.1" : text
        let bare =
            plain.hasPrefix("[") && plain.hasSuffix("]") ? plain.dropFirst().dropLast() : plain[...]
        guard let address = IPAddress(bare) else { throw .notAnAddress(text) }
        if let refusal, !address.isLoopback { throw refusal }
        self.address = address
        self.text = String(bare)
    }
}
