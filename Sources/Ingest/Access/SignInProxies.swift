/// Proxies in front that sign people in themselves (oauth2-proxy, Authelia), and how they name them.
public struct SignInProxies: Sendable, Equatable {
    /// Their addresses (`TRUSTED_PROXIES`); a header from any other address is ignored.
    public var networks: [Network] = []
    /// The header with the person's name (`PROXY_USER_HEADER`).
    public var userHeader = "Remote-User"
    /// The header with the person's role (`PROXY_ROLE_HEADER`); nil: the role that the person has here.
    public var roleHeader: String?

    /// No proxy is trusted.
    public init() {}
}
