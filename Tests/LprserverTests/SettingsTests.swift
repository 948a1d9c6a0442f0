import Core
import Foundation
import Ingest
import SiteGen
import Testing

@testable import lprserver

@Suite struct SettingsTests {
    private func settings(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        file: String? = nil
    ) async throws -> Settings {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try Data((file ?? "").utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Settings(
            try SettingsLoader(flags: flags, environment: environment, envFile: path)
        )
    }

    @Test func everythingHasADefault() async throws {
        let settings = try await settings()
        #expect(settings.port == 5_000 && settings.cameraPort == 8_765)
        #expect(settings.limits.pictureBytesMax == 10_485_760)
        #expect(settings.values.allSatisfy { $0.value.source == .defaultValue })
    }

    @Test func allListenersToEventsAndAsManyCamerasMayConnect() async throws {
        let limits = try await settings().limits
        #expect(limits.connectionsMax - limits.eventListenersMax >= 3_000)
    }

    @Test func theStrongerSourceWins() async throws {
        let file = "DEFAULT_HTTP_PORT=1\nWEBSOCKET_PORT=\"2\"\nSITE_NAME=from file"
        let settings = try await settings(
            flags: ["DEFAULT_HTTP_PORT": "3"],
            environment: ["DEFAULT_HTTP_PORT": "4", "SITE_NAME": "from environment"],
            file: file
        )
        #expect(settings.port == 3)
        #expect(settings.cameraPort == 2)
        #expect(settings.site.name == "from environment")
    }

    @Test func theSettingsOfAccessAreRead() async throws {
        let defaults = try await settings()
        #expect(defaults.access == AccessOptions() && defaults.signInProxies == SignInProxies())
        #expect(!defaults.allowsPlainHTTP)
        let file = """
            LOCAL_ACCESS=camera
            PLAIN_HTTP=allowed
            SESSION_IDLE_MINUTES=15
            SESSION_HOURS=8
            SECOND_FACTOR=admin
            TRUSTED_PROXIES=10.1.2.3
            PROXY_USER_HEADER=X-Forwarded-User
            PROXY_ROLE_HEADER=Remote-Groups
            """
        let settings = try await settings(file: file)
        #expect(settings.access.localAccess == .camera && settings.access.secondFactor == .admin)
        #expect(settings.access.sessionIdleMinutes == 15 && settings.access.sessionHours == 8)
        #expect(settings.allowsPlainHTTP)
        #expect(settings.signInProxies.networks == [try Network("10.1.2.3")])
        #expect(settings.signInProxies.userHeader == "X-Forwarded-User")
        #expect(settings.signInProxies.roleHeader == "Remote-Groups")
    }

    @Test(arguments: [
        ("DEFAULT_HTTP_PORT", "70000"), ("MAX_IMAGE_SIZE", "10 apples"), ("TZ", "Mars/Base"),
        ("DATABASE_URL", "postgresql://x"), ("LOG_LEVEL", "loud"), ("PUBLISH_DELAY_MS", "-1"),
        ("CAMERA_NETWORKS", "10.20.0.0/33"), ("CAMERA_NETWORKS", "10.20.0.1/16"),
        ("LOCAL_ACCESS", "closed"), ("PLAIN_HTTP", "yes"), ("SECOND_FACTOR", "admins"),
        ("SESSION_IDLE_MINUTES", "0"), ("SESSION_HOURS", "8761"), ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("PROXY_USER_HEADER", "Remote User"), ("PROXY_ROLE_HEADER", "X-Role:"),
        ("PROXY_ROLE_HEADER", "บทบาท"),
    ])
    func aWrongValueIsNamed(_ name: String, _ value: String) async throws {
        let error = await #expect(throws: SettingError.self) {
            try await settings(environment: [name: value])
        }
        let text = try #require(error?.description)
        #expect(text.contains(name) && text.contains(value) && text.contains("environment"))
    }

    @Test(arguments: [
        ("10485760", 10_485_760), ("10M", 10_485_760), ("10 MiB", 10_485_760), ("2GB", 2 << 30),
    ])
    func sizesAreReadAsPeopleWriteThem(_ text: String, _ bytes: Int) {
        #expect(SettingReader.bytes(text) == bytes)
    }

    @Test func flagsOfSettingsAreExpanded() {
        #expect(
            SettingFlags.expand(["serve", "--listen-address=::1", "--tz", "UTC", "--json"])
                == ["serve", "--set", "LISTEN_ADDRESS=::1", "--set", "TZ=UTC", "--json"]
        )
    }

    @Test func namesAreUnique() {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    }

    @Test func theDocumentedTableIsTheTable() throws {
        let path = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/OPERATING.md")
        let text = try String(contentsOf: path, encoding: .utf8)
        #expect(
            text.contains(ShowConfiguration.markdownTable()),
            "put the output of `lprserver config --markdown` into docs/OPERATING.md"
        )
    }
}
