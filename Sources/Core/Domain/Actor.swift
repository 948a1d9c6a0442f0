/// The actor of an audited change.
public struct Actor: Sendable, Equatable {
    /// Its permanent id, independent of its name.
    public let id: String
    /// The name: a person's, a credential's, or `system`.
    public let name: String
    /// The address that it came from; nil for the service itself.
    public let address: String?

    /// Makes an actor.
    public init(id: String, name: String, address: String?) {
        self.id = id
        self.name = name
        self.address = address
    }

    /// The service itself.
    public static let system = Actor(id: "system", name: "system", address: nil)
}
