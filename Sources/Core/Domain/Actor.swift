/// The actor of an audited change or question.
public struct Actor: Sendable, Equatable {
    /// Its permanent id, independent of its name.
    public let id: String
    /// The name: a person's, a credential's, or `system`.
    public let name: String
    /// The address that it came from; nil for the service itself.
    public let address: String?
    /// Its role at that time; nil for the service itself.
    public let role: String?
    /// Why it acts, in its own words; nil if it did not say.
    public let purpose: String?

    /// Makes an actor.
    public init(
        id: String,
        name: String,
        address: String?,
        role: String? = nil,
        purpose: String? = nil
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.role = role
        self.purpose = purpose
    }

    /// The service itself.
    public static let system = Actor(id: "system", name: "system", address: nil)
}
