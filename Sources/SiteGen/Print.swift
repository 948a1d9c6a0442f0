import Core

/// Values as pages print them, on the site's clock.
struct Print {
    let calendar: SiteCalendar

    /// `2026-11-23 17:11:12`.
    func dateTime(_ instant: Timestamp) -> String {
        "\(calendar.day(of: instant)) \(calendar.clockTime(of: instant))"
    }

    /// Appends ``dateTime(_:)``.
    func append(dateTime instant: Timestamp, to bytes: inout [UInt8]) {
        calendar.append(dateTime: instant, to: &bytes)
    }

    /// `1,234`.
    func number(_ number: Int) -> String { Charts.grouped(number) }

    /// `95 %`; a dash where the camera did not say.
    func confidence(_ confidence: Confidence?) -> String {
        guard let confidence else { return "–" }
        let tenths = Int((confidence.percent * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
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
