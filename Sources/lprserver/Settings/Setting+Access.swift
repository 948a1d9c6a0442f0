extension Setting {
    /// Settings of who gets in.
    static let access = [
        Setting(
            "LOCAL_ACCESS",
            .choice(["auto", "open", "camera"]),
            "auto",
            "Clients on this machine without a credential: auto: they do everything until a person or token exists;"
                + " open: everything, always; camera: they send, and nothing else."
        ),
        Setting(
            "PLAIN_HTTP",
            .choice(["refused", "allowed"]),
            "refused",
            "allowed: listen beyond loopback without TLS in front; others on the network can then read passwords."
        ),
        Setting(
            "SESSION_IDLE_MINUTES",
            .number(1...43_200),
            "60",
            "Minutes without use after which a signed-in person must sign in again."
        ),
        Setting(
            "SESSION_HOURS",
            .number(1...8_760),
            "12",
            "Hours after which a signed-in person must sign in again, however much the session is used."
        ),
        Setting(
            "SECOND_FACTOR",
            .choice(["off", "admin", "all"]),
            "off",
            "Who must have a second factor to sign in; off: those who turn it on."
        ),
        Setting(
            "TRUSTED_PROXIES",
            .networks,
            "",
            "Comma-separated addresses or networks of proxies that sign people in themselves (oauth2-proxy, Authelia)."
        ),
        Setting(
            "PROXY_USER_HEADER",
            .headerName,
            "Remote-User",
            "Header in which TRUSTED_PROXIES name the person who is signed in."
        ),
        Setting(
            "PROXY_ROLE_HEADER",
            .headerName,
            "",
            "Header in which TRUSTED_PROXIES name that person's role; empty: the role that the person has here."
        ),
    ]
}
