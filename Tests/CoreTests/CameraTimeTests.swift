import Core
import Seeded
import Testing

/// The forms in which cameras write a time.
@Suite struct CameraTimeTests {
    /// 2026-11-28T18:10:03Z.
    private static let instant: Int64 = 1_795_889_403_000

    @Test(
        arguments: [
            ("2026-11-28T18:10:03Z", 0), ("2026-11-29T01:10:03+07:00", 0),
            ("2026-11-28 18:10:03", 0), ("2026-11-28T18:10:03.250", 250), ("20261128_181003", 0),
            ("20261128T181003Z", 0), ("20261128 181003", 0), ("20261128181003", 0),
            ("20261128181003250", 250), ("2026/11/28 18:10:03", 0), ("2026.11.28 18:10:03,25", 250),
            ("2026-11-28_18:10:03", 0), (" 2026-11-28 18:10:03 +0000 ", 0),
            ("2026-11-28 18:10", -3_000),
            ("1795889403", 0), ("1795889403.25", 250), ("1795889403250", 250),
            ("1795889403250000", 250), ("1795889403250000000", 250), (" 1795889403 ", 0),
        ] as [(String, Int64)]
    )
    func formsOfRealSendersAreRead(_ text: String, _ offset: Int64) {
        #expect(CameraTime.utc.instant(of: text)?.milliseconds == Self.instant + offset)
    }

    @Test(arguments: [
        "", " ", "now", "28/11/2026 18:10:03", "2026-11-28", "2026-02-30 00:00:00", "20261128_1810",
        "20261328_181003", "2026-11-28T18:10:03X", "1795889403s", "-1", "1e9", "1 795 889 403",
        "0000-00-00 00:00:00", "99999999999999999999999", "２０２６-11-28 18:10:03", "...", "1.2.3",
    ])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(CameraTime.utc.instant(of: text) == nil)
    }

    @Test(arguments: ["2026-11-28T18:10:03", "20261128_181003", "2026/11/28 18:10:03"])
    func aTimeWithoutAnOffsetIsOneOfTheCamerasZone(_ text: String) throws {
        let bangkok = CameraTime(local: try #require(SiteCalendar(identifier: "Asia/Bangkok")))
        #expect(
            bangkok.instant(of: text)?.milliseconds == Self.instant - 7 * 3_600_000
        )
        #expect(bangkok.instant(of: text + "Z")?.milliseconds == Self.instant)
    }

    /// Every wall time is that of the instant it stands for, in each form, with summer time too.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func localTimesAreReadBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let zones = ["Asia/Bangkok", "Europe/Berlin", "America/St_Johns", "UTC"]
        let zone = zones[Int(seed) % zones.count]
        let calendar = try #require(SiteCalendar(identifier: zone))
        let seconds = Int64.random(in: 1_500_000_000...1_900_000_000, using: &random)
        let instant = Timestamp(milliseconds: seconds * 1_000)
        var bytes: [UInt8] = []
        calendar.append(dateTime: instant, to: &bytes)
        let wall = String(decoding: bytes, as: UTF8.self)
        let compact = wall.replacing("-", with: "").replacing(":", with: "")
        for text in [
            wall, wall.replacing("-", with: "/"), compact, compact.replacing(" ", with: "_"),
        ] {
            let read = try #require(CameraTime(local: calendar).instant(of: text))
            // In the hour that comes twice either is right; the clock on the wall shows the same.
            var again: [UInt8] = []
            calendar.append(dateTime: read, to: &again)
            #expect(again == bytes)
        }
    }
}
