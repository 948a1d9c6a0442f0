internal import Core

/// A client's claim, from which the credentials derive its principal.
struct Claim: Sendable, Equatable {
    /// Where it comes from.
    let client: ClientAddress
    /// The listener.
    let listener: Listeners
    /// The credential that it shows.
    var shown = ShownCredential.none
}
