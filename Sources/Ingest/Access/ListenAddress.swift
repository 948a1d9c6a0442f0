/// An address that may be listened on.
public struct ListenAddress: Sendable, Equatable {
    /// The address.
    let address: IPAddress
    /// As it was written.
    public let text: String

    /// Checks an address of the configuration; `localhost` is 127.0.0.1.
    ///
    /// Throws ``ListenError`` for what is no address, and for one beyond loopback: as long as nobody can
    /// be given credentials, whoever reached it could do everything.
    public init(_ text: String) throws(ListenError) {
        try self.init(text, unlessLoopback: .beyondLoopback(text))
    }

    /// Checks the address that cameras use.
    ///
    /// It may lie beyond loopback where it is known from which networks cameras come; otherwise
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
