internal import Core

/// Admits or refuses a request, before anything else examines it.
///
/// The credential that it shows decides; without one, its address (``CredentialSnapshot``).
public struct Gate: Sendable {
    private let hosts: Set<String>
    private let credentials: Credentials
    private let listener: Listeners

    /// A gate for this machine's loopback names, the listen address, and `allowedHosts` (`ALLOWED_HOSTS`).
    ///
    /// Clients in `cameraNetworks` (`CAMERA_NETWORKS`) are admitted as cameras; only the camera gateway's gate is
    /// given any.
    public init(
        _ credentials: Credentials,
        listener: Listeners = .main,
        listenAddress: String = "127.0.0.1",
        allowedHosts: [String] = []
    ) {
        self.credentials = credentials
        self.listener = listener
        let own = ["localhost", "127.0.0.1", "::1", listenAddress.lowercased()]
        let others = allowedHosts.compactMap { name in
            HostName(name)?.host ?? IPAddress(name).map { _ in name.lowercased() }
        }
        hosts = Set(own + others)
    }

    /// Admits a request with a role, or throws the ``Refusal`` for its sender.
    ///
    /// The order matters: a foreign address learns nothing about hosts, and a name that was rebound to this machine's
    /// address (DNS rebinding) is refused whatever it requests. `queryToken` is a token from the query, on routes that
    /// allow it there; `namesHost` is false for HTTP/1.0; `admitsOwnPages`
    /// lets pages from this server's other ports open a socket.
    func admit(
        _ client: ClientAddress,
        method: Method?,
        authority: String?,
        headers: Headers,
        namesHost: Bool = true,
        admitsOwnPages: Bool = false,
        queryToken: String? = nil,
        needs permission: Permission
    ) throws(Refusal) -> Admission {
        var shown = try ShownCredential(headers, queryToken: queryToken)
        if let named = try credentials.signInProxies.person(client, headers) {
            guard shown == .none else { throw .twoCredentials }
            shown = named
        }
        var admission = try credentials.admit(
            Claim(client: client, listener: listener, shown: shown)
        )
        try admission.check(permission)
        // HTTP/1.0 knows no Host, and probes of load balancers still speak it; browsers, whom a name could
        // mislead, always send one.
        if !namesHost, authority == nil, headers.count("Host") == 0, headers.count("Origin") == 0,
            method?.isSafe == true
        {
            return admission
        }
        let host = try named(authority, headers, by: admission)
        // A WebSocket is opened with GET and then does whatever its client likes (RFC 6455 §10.2).
        if method?.isSafe != true || headers["Upgrade"] != nil {
            // Cookies know no ports: another program's page on this host would act as the person.
            let admitsPorts = admitsOwnPages && admission.session == nil
            try checkOrigin(headers, host: host, admitsOwnPages: admitsPorts)
        }
        return admission
    }

    private func named(
        _ authority: String?,
        _ headers: Headers,
        by admission: Admission
    ) throws(Refusal) -> HostName {
        guard headers.count("Host") <= 1 else {
            throw Refusal(.invalid, "the request has more than one Host header", field: "Host")
        }
        guard let text = authority ?? headers["Host"], !text.isEmpty else {
            throw Refusal(.invalid, "the request has no Host header", field: "Host")
        }
        guard let host = HostName(text) else {
            throw Refusal(.invalid, "the Host header is not a host name", field: "Host")
        }
        // A name can be rebound to this machine's address, an address cannot: cameras may use any of
        // ours without its being named in ALLOWED_HOSTS. No page that was misled can show a token.
        let isCamerasAddress =
            admission.principal.role == .camera && IPAddress(host.host) != nil
        guard isCamerasAddress || admission.showsToken || hosts.contains(host.host) else {
            throw Refusal(
                .misdirected,
                "this server is not \(host.host.prefix(100)): use localhost or 127.0.0.1, or add the "
                    + "name to ALLOWED_HOSTS",
                field: "Host"
            )
        }
        return host
    }

    /// Refuses a change requested by another site's page; programs send neither header.
    private func checkOrigin(
        _ headers: Headers,
        host: HostName,
        admitsOwnPages: Bool
    ) throws(Refusal) {
        let origins = headers.all("Origin")
        // A page on another port of the same host is same-site; its Origin says which host.
        let mayBeSameSite = admitsOwnPages && !origins.isEmpty
        if let site = headers["Sec-Fetch-Site"],
            site == "cross-site" || (site == "same-site" && !mayBeSameSite)
        {
            throw Refusal(
                .forbidden,
                "a page of another site may not change anything here",
                code: "foreign_page"
            )
        }
        for origin in origins where !Self.isOwn(origin, host, onAnyPort: admitsOwnPages) {
            throw Refusal(
                .forbidden,
                "a page of another site may not change anything here",
                field: "Origin",
                code: "foreign_page"
            )
        }
    }

    private static func isOwn(
        _ origin: String,
        _ host: HostName,
        onAnyPort: Bool
    ) -> Bool {
        for (scheme, port) in [("http://", 80), ("https://", 443)] where origin.hasPrefix(scheme) {
            guard let other = HostName(origin.dropFirst(scheme.count)), other.host == host.host
            else { return false }
            return onAnyPort || (other.port ?? port) == (host.port ?? port)
        }
        return false
    }
}
