import Core
import Foundation

/// Formats values for pages, in local time.
struct Formatter {
    private let clock: WallClock
    /// The site's IANA time zone: `Asia/Bangkok`.
    let zone: String
    /// The zone with its offset, as shown on pages: `Asia/Bangkok (UTC+7)`.
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

    /// Appends `95 %` or `95.3 %`; a dash if there is no confidence.
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

    /// `2 d 3 h`, `3 min 5 s`: the two largest units, in Thai or English.
    func span(milliseconds: Int64, thai: Bool) -> String {
        let seconds = (milliseconds.magnitude + 500) / 1_000
        let units: [(size: UInt64, thai: String, english: String)] = [
            (86_400, "วัน", "d"), (3_600, "ชม.", "h"), (60, "นาที", "min"), (1, "วินาที", "s"),
        ]
        var rest = seconds
        var parts: [String] = []
        for unit in units where parts.count < 2 && (rest >= unit.size || !parts.isEmpty) {
            if rest >= unit.size {
                parts.append("\(rest / unit.size) \(thai ? unit.thai : unit.english)")
            }
            rest %= unit.size
            if rest == 0 { break }
        }
        return parts.isEmpty ? "0 \(thai ? "วินาที" : "s")" : parts.joined(separator: " ")
    }

    /// `1.5 GiB`.
    func bytes(_ count: Double) -> String {
        var value = count
        var unit = "B"
        for larger in ["KiB", "MiB", "GiB", "TiB"] where value >= 1_024 {
            value /= 1_024
            unit = larger
        }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0
            ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
