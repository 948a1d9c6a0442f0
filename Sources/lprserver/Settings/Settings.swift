import Core
import Foundation
import Ingest
import Logging
import SiteGen

/// Every setting, checked and typed.
struct Settings: Sendable {
    /// Each setting with its value as text and its source, in the table's order.
    let values: [(setting: Setting, value: SettingValue)]
    let databasePath: String
    let picturesPath: String
    let listenAddress: String
    let port: Int
    let cameraListenAddress: String
    let cameraPort: Int
    let cameraNetworks: [Network]
    let allowedHosts: [String]
    /// Who gets in.
    let access: AccessOptions
    let signInProxies: SignInProxies
    /// Whether it may listen beyond loopback without TLS in front.
    let allowsPlainHTTP: Bool
    let healthCheckMinutes: Int
    let logFile: String
    let logLevel: Logger.Level
    let calendar: SiteCalendar
    /// The time zone of camera times without an offset.
    let cameraCalendar: SiteCalendar
    let limits: Limits
    /// Whether look-ups of plates must say what for.
    let purpose: PurposeRule
    let site: SiteOptions
    let gateway: GatewayOptions

    /// Reads all settings from the loader.
    ///
    /// Throws ``SettingError`` for the first invalid one.
    init(_ loader: SettingsLoader) throws(SettingError) {
        values = Setting.all.map { ($0, loader.value(of: $0)) }
        let reader = SettingReader(values)
        databasePath = try reader.databasePath("DATABASE_URL")
        picturesPath = reader.text("IMAGE_STORAGE_PATH")
        listenAddress = reader.text("LISTEN_ADDRESS")
        port = try reader.number("DEFAULT_HTTP_PORT")
        cameraListenAddress = reader.text("CAMERA_LISTEN_ADDRESS")
        cameraPort = try reader.number("WEBSOCKET_PORT")
        cameraNetworks = try reader.networks("CAMERA_NETWORKS")
        allowedHosts = reader.text("ALLOWED_HOSTS").split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        access = try Settings.access(reader)
        signInProxies = try Settings.signInProxies(reader)
        allowsPlainHTTP = try reader.choice("PLAIN_HTTP") == "allowed"
        healthCheckMinutes = try reader.number("HEALTH_CHECK_INTERVAL_MINUTES")
        logFile = reader.text("LOG_FILE")
        logLevel = Logger.Level(rawValue: try reader.choice("LOG_LEVEL")) ?? .info
        calendar = SiteCalendar(timeZone: try reader.timeZone("TZ"))
        cameraCalendar = SiteCalendar(timeZone: try Settings.cameraTimeZone(reader))
        limits = try Settings.limits(reader)
        purpose = PurposeRule(rawValue: try reader.choice("PURPOSE")) ?? .off
        site = try Settings.site(reader)
        gateway = try Settings.gateway(reader, limits)
    }

    /// `CAMERA_TIME_ZONE`, else the site's zone if it was set, else UTC.
    private static func cameraTimeZone(_ reader: SettingReader) throws(SettingError) -> TimeZone {
        if reader.isSet("CAMERA_TIME_ZONE") { return try reader.timeZone("CAMERA_TIME_ZONE") }
        return reader.isSet("TZ") ? try reader.timeZone("TZ") : .gmt
    }

    private static func gateway(
        _ reader: SettingReader,
        _ limits: Limits
    ) throws(SettingError) -> GatewayOptions {
        var options = GatewayOptions()
        options.engine.pingMilliseconds = Int64(try reader.number("SOCKET_PING_INTERVAL_MS"))
        options.engine.pongMilliseconds = Int64(try reader.number("SOCKET_PING_TIMEOUT_MS"))
        options.engine.connectMilliseconds = Int64(try reader.number("SOCKET_CONNECT_TIMEOUT_MS"))
        options.engine.payloadBytesMax = max(
            try reader.number("SOCKET_MAX_PAYLOAD"),
            limits.readBodyBytesMax
        )
        options.engine.sessionsMax = try reader.number("SOCKET_SESSIONS_MAX")
        options.engine.sessionsPerAddressMax =
            try reader.number("SOCKET_SESSIONS_PER_ADDRESS_MAX")
        options.plainSocketsMax = options.engine.sessionsMax
        return options
    }

    private static func limits(_ reader: SettingReader) throws(SettingError) -> Limits {
        var limits = Limits()
        limits.pictureBytesMax = try reader.number("MAX_IMAGE_SIZE")
        limits.bodyBytesMax = max(try reader.number("MAX_BODY_SIZE"), limits.readBodyBytesMax)
        limits.bodyMemoryMax = max(
            try reader.number("BODY_MEMORY_MAX"),
            limits.bodyBytesMax + BodyMemory.keptForSmall
        )
        limits.connectionsMax = try reader.number("MAX_CONNECTIONS")
        limits.headerSeconds = try reader.number("HEADER_TIMEOUT_SECONDS")
        limits.bodySeconds = try reader.number("BODY_TIMEOUT_SECONDS")
        limits.keepAliveSeconds = try reader.number("KEEP_ALIVE_SECONDS")
        limits.peerSilenceSeconds = try reader.number("PEER_TIMEOUT_SECONDS")
        limits.eventListenersMax = try reader.number("EVENT_LISTENERS_MAX")
        limits.queueReadsMax = try reader.number("QUEUE_READS_MAX")
        limits.queueWaitMillisecondsMax = Int64(try reader.number("QUEUE_WAIT_MAX_MS"))
        limits.queueBytesMax = try reader.number("QUEUE_BYTES_MAX")
        limits.commitReadsMax = try reader.number("BATCH_READS_MAX")
        limits.tunesSQLite = try reader.choice("SQLITE_TUNING") == "on"
        limits.diskFreeMin = Int64(try reader.number("DISK_FREE_MIN"))
        limits.eventLogMax = try reader.number("EVENT_LOG_MAX")
        limits.retentionDays = try reader.number("DATA_RETENTION_DAYS")
        limits.changeRetentionDays = try reader.number("CHANGE_LIST_RETENTION_DAYS")
        limits.auditRetentionDays = try reader.number("AUDIT_RETENTION_DAYS")
        limits.healthRetentionDays = try reader.number("HEALTH_CHECK_RETENTION_DAYS")
        limits.cameraSilentSeconds = try reader.number("CAMERA_SILENT_SECONDS")
        limits.recordsPerPage = try reader.number("RECORDS_PER_PAGE")
        return limits
    }

    private static func site(_ reader: SettingReader) throws(SettingError) -> SiteOptions {
        var site = SiteOptions(
            templatesPath: reader.text("TEMPLATES_PATH"),
            publicPath: reader.text("PUBLIC_PATH")
        )
        site.name = reader.text("SITE_NAME")
        site.language = try reader.choice("SITE_LANGUAGE") == "en" ? .english : .thai
        site.purpose = PurposeRule(rawValue: try reader.choice("PURPOSE")) ?? .off
        site.archivePageRecords = try reader.number("ARCHIVE_PAGE_RECORDS")
        site.delayMilliseconds = try reader.number("PUBLISH_DELAY_MS")
        site.delayMillisecondsMax = try reader.number("PUBLISH_DELAY_MAX_MS")
        return site
    }
}

extension Settings {
    /// Why there is nothing to work on; nil if there is a database.
    var missingDatabase: String? {
        FileManager.default.fileExists(atPath: databasePath)
            ? nil : "there is no database at \(databasePath); is DATABASE_URL right?"
    }
}
