internal import Core

/// The admission of an Engine.IO session: of its transport, and by a token that a message may show.
struct SessionAdmission {
    private var transport: Admission
    private var message: Admission?

    /// A session that is begun by a request.
    init(_ transport: Admission) { self.transport = transport }

    /// Its client's address.
    var client: ClientAddress { transport.client }

    /// Admits the client by a token of a message.
    ///
    /// Throws ``Refusal`` if the token is not valid, or if the client has shown another credential before. The
    /// requests of its transport go on being judged by what they show themselves.
    mutating func admit(byToken text: String) throws(Refusal) {
        message = try transport.showing(token: text)
    }

    /// The client by the current credentials; throws ``Refusal`` if it is no longer admitted.
    mutating func renewed() throws(Refusal) -> Principal {
        let principal = try transport.renewed()
        return try message?.renewed() ?? principal
    }

    /// Whether a request of the transport is from the client that began the session.
    func belongs(to principal: Principal) -> Bool { transport.principal.id == principal.id }
}
