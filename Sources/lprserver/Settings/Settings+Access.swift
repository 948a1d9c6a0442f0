import Core
import Ingest

extension Settings {
    static func access(_ reader: SettingReader) throws(SettingError) -> AccessOptions {
        var access = AccessOptions()
        access.localAccess = try reader.choice("LOCAL_ACCESS", of: AccessOptions.LocalAccess.self)
        access.sessionIdleMinutes = try reader.number("SESSION_IDLE_MINUTES")
        access.sessionHours = try reader.number("SESSION_HOURS")
        access.secondFactor = try reader.choice(
            "SECOND_FACTOR",
            of: AccessOptions.SecondFactor.self
        )
        return access
    }

    static func signInProxies(_ reader: SettingReader) throws(SettingError) -> SignInProxies {
        var proxies = SignInProxies()
        proxies.networks = try reader.networks("TRUSTED_PROXIES")
        guard let userHeader = try reader.headerName("PROXY_USER_HEADER") else {
            throw SettingError(description: "PROXY_USER_HEADER must name a header")
        }
        proxies.userHeader = userHeader
        proxies.roleHeader = try reader.headerName("PROXY_ROLE_HEADER")
        return proxies
    }
}
