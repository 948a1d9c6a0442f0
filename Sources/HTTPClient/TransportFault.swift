/// The connection failed.
public struct TransportFault: Error, CustomStringConvertible, Equatable {
    /// What happened, without a full stop.
    public let description: String
    /// Seconds that the server asks to be left alone.
    public var seconds: Int?
    /// Whether one of several messages is to blame, so that the next connection must send one at a time.
    public var blamesOneOfMany = false

    /// Makes a fault.
    public init(description: String, seconds: Int? = nil, blamesOneOfMany: Bool = false) {
        self.description = description
        self.seconds = seconds
        self.blamesOneOfMany = blamesOneOfMany
    }
}
