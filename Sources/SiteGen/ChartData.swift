import Core

/// Charts shared by several pages.
struct ChartData {
    let build: SiteBuild

    /// 24 bars for the hours of a day.
    func hours(_ counts: [Statistics.Count]) -> String {
        let bars = counts.enumerated().map { hour, count in
            Charts.Bar(
                label: Archive.padded(hour, 2),
                title: "\(Archive.padded(hour, 2)):00–\(Archive.padded(hour, 2)):59: "
                    + build.format.number(count.reads),
                value: count.reads,
                part: count.hits,
                showsLabel: hour % 3 == 0
            )
        }
        return Charts.columns(bars, title: "การอ่านต่อชั่วโมง / Reads per hour")
    }

    /// One bar per day.
    func days(_ days: [Statistics.DayCount]) -> String {
        let bars = days.enumerated().map { index, day in
            Charts.Bar(
                label: String("\(day.day)".suffix(5)),
                title: "\(day.day): \(build.format.number(day.count.reads))",
                value: day.count.reads,
                part: day.count.hits,
                showsLabel: index % 5 == 0
            )
        }
        return Charts.columns(bars, title: "การอ่านต่อวัน / Reads per day")
    }

    /// One bar for each of the busiest cameras.
    func cameras(_ cameras: [Camera]) -> String {
        let bars = cameras.prefix(20).map { camera in
            Charts.Bar(
                label: camera.id,
                title: "\(camera.id): \(build.format.number(camera.reads))",
                value: camera.reads,
                part: camera.hits,
                showsLabel: true
            )
        }
        return Charts.rows(Array(bars), title: "การอ่านต่อกล้อง / Reads per camera")
    }
}
