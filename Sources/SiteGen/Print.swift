import Core
import Foundation

/// Values as pages print them, on the site's clock.
struct Print {
    private let clock: WallClock
    /// The site's time zone as browsers know it: `Asia/Bangkok`.
    let zone: String
    /// The zone with its distance from UTC, as pages name it: `Asia/Bangkok (UTC+7)`.
    let zoneLabel: String

    init(calendar: SiteCalendar) {
        clock = WallClock(calendar)
        zone = calendar.timeZone.identifier
        zoneLabel = "\(zone) (\(calendar.offsets))"
    }

    /// `2026-11-23 17:11:12`.
    func dateTime(_ instant: Timestamp) -> String {
        var bytes: [UInt8] = []
        clock.append(dateTime: instant, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends ``dateTime(_:)``.
    func append(dateTime instant: Timestamp, to bytes: inout [UInt8]) {
        clock.append(dateTime: instant, to: &bytes)
    }

    /// `1,234`.
    func number(_ number: Int) -> String { Charts.grouped(number) }

    /// Appends `95 %` or `95.3 %`; a dash where the camera did not say.
    func append(_ confidence: Confidence?, to bytes: inout [UInt8]) {
        guard let confidence else { return bytes.append(contentsOf: "–".utf8) }
        let tenths = Int((confidence.percent * 10).rounded())
        bytes.append(contentsOf: String(tenths / 10).utf8)
        if tenths % 10 != 0 {
            bytes.append(UInt8(ascii: "."))
            bytes.append(contentsOf: String(tenths % 10).utf8)
        }
        bytes.append(contentsOf: " %".utf8)
    }

    /// `1.5 GiB`.
    func bytes(_ count: Double) -> String {
        var value = count
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1_024 { return "\(Int((value * 10).rounded()) / 10) \(unit)" }
            value /= 1_024
        }
        return "\(Int(value * 10) / 10) TiB"
    }
}
