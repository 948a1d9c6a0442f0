internal import Core

extension SignInProxies {
    /// The person whom a trusted proxy names; nil if none does.
    ///
    /// The headers of all other clients are ignored. Throws ``Refusal`` if a trusted proxy sends one of them twice: it
    /// has passed on its client's.
    func person(_ client: ClientAddress, _ headers: Headers) throws(Refusal) -> ShownCredential? {
        guard !networks.isEmpty, headers.count(userHeader) > 0, isTrusted(client, headers) else {
            return nil
        }
        let role = roleHeader.map { headers.all($0) } ?? []
        guard headers.count(userHeader) == 1, role.count <= 1 else { throw .twoCredentials }
        guard let name = headers[userHeader], !name.isEmpty else { return nil }
        return .namedByProxy(name, role: role.first.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Whether the peer is trusted and, if it is on this machine and forwards another client, the last one of these.
    ///
    /// nginx, which is on this machine, passes on the headers of trusted proxies only; but it is not the only program
    /// that can reach the service from here.
    private func isTrusted(_ client: ClientAddress, _ headers: Headers) -> Bool {
        guard contains(client.peer) else { return false }
        guard client.peer.isLoopback, let chain = headers.all("X-Forwarded-For").last else {
            return true
        }
        let last = chain.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
        guard let address = IPAddress(last.filter { $0 != " " && $0 != "\t" }) else { return false }
        return contains(address)
    }

    private func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}

extension CredentialSnapshot {
    /// The principal of a person whom a trusted proxy has signed in.
    ///
    /// It has the role that the proxy names, else the one that the person has here. A person who is disabled here is
    /// not admitted, and one who is not known here needs a role from the proxy.
    func principal(namedByProxy text: String, role: String?) throws(Refusal) -> Principal {
        guard let name = try? CredentialName(text) else { throw .notAdmitted }
        let person = stored.person(named: name)
        let named = role.flatMap { Role(rawValue: $0) }
        guard person?.isEnabled != false, role == nil || named.map(Role.ofPeople.contains) == true,
            let role = named ?? person?.role
        else { throw .notAdmitted }
        return Principal(
            id: person?.principalID ?? "proxy:\(name.text)",
            name: person?.name ?? name.text,
            role: role
        )
    }
}
