/// Who does something that the audit log keeps.
public struct Actor: Sendable, Equatable {
    /// The name: a person's, a credential's, or `system`.
    public let name: String
    /// The address that it came from; nil for the service itself.
    public let address: String?

    /// Makes an actor.
    public init(name: String, address: String?) {
        self.name = name
        self.address = address
    }

    /// The service itself.
    public static let system = Actor(name: "system", address: nil)
}
