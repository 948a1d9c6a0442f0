import Core

/// `/`: what this is, and where to go.
struct HomePage {
    let build: SiteBuild

    func make(_ statistics: Statistics) throws {
        try build.page(
            "index.html",
            template: "home",
            section: .home,
            title: .init(thai: "หน้าแรก", english: "Home"),
            [
                "today": build.print.number(statistics.today.reads),
                "total": build.print.number(statistics.total.reads),
                "hits": build.print.number(statistics.today.hits),
                "cameras": build.print.number(statistics.cameras.count),
                "connected": build.print.number(statistics.connectedCameras),
                "has_lost": statistics.connectedCameras < statistics.cameras.count,
            ],
            rows: build.rows(build.snapshot.newestIDs(5))
        )
    }
}

/// `/dashboard`: figures, charts, the newest reads.
struct DashboardPage {
    let build: SiteBuild

    func make(_ statistics: Statistics) throws {
        let figures = Figures(build: build)
        try build.page(
            "dashboard.html",
            template: "dashboard",
            section: .dashboard,
            title: .init(thai: "แดชบอร์ด", english: "Dashboard"),
            [
                "day": statistics.day.description,
                "today": build.print.number(statistics.today.reads),
                "total": build.print.number(statistics.total.reads),
                "hits": build.print.number(statistics.today.hits),
                "cameras": build.print.number(statistics.cameras.count),
                "connected": build.print.number(statistics.connectedCameras),
                "has_lost": statistics.connectedCameras < statistics.cameras.count,
                "hours_chart": figures.hours(statistics.hours),
                "days_chart": figures.days(statistics.days),
                "cameras_chart": figures.cameras(statistics.cameras),
                "has_rows": statistics.total.reads > 0,
            ],
            rows: build.rows(build.snapshot.newestIDs(20))
        )
    }
}

/// `/records`: the newest reads, and filters for all of them.
struct RecordsPage {
    let build: SiteBuild

    /// Reads on the page; older ones are asked of the service, or stand in the archive.
    private static let reads = 100

    func make(_ statistics: Statistics) throws {
        try build.page(
            "records.html",
            template: "records",
            section: .records,
            title: .init(thai: "บันทึก", english: "Records"),
            [
                "total": build.print.number(statistics.total.reads),
                "cameras": statistics.cameras.map(\.id).sorted().map { ["camera": $0] },
                "has_rows": statistics.total.reads > 0,
                "has_older": statistics.total.reads > RecordsPage.reads,
            ],
            rows: build.rows(build.snapshot.newestIDs(RecordsPage.reads))
        )
    }
}

/// `/alerts`: reads of listed plates.
struct AlertsPage {
    let build: SiteBuild

    func make() throws {
        let ids = try build.snapshot.newestHitIDs(200)
        try build.page(
            "alerts.html",
            template: "alerts",
            section: .alerts,
            title: .init(thai: "แจ้งเตือน", english: "Alerts"),
            ["has_rows": !ids.isEmpty],
            rows: build.rows(ids)
        )
    }
}

/// `/blacklist`: the entries, and what was read of them.
struct BlacklistPage {
    let build: SiteBuild

    func make() throws {
        let entries = try build.snapshot.blacklistNotRemoved()
        // Pages know no clock but the day: an entry that expired today still counts until midnight.
        let dayBegan = build.snapshot.calendar.start(of: try build.snapshot.today())
        let isExpired = { (entry: BlacklistEntry) in
            entry.expiry.map { $0.instant <= dayBegan } ?? false
        }
        let ids = try build.snapshot.newestHitIDs(50)
        try build.page(
            "blacklist.html",
            template: "blacklist",
            section: .blacklist,
            title: .init(thai: "บัญชีดำ", english: "Blacklist"),
            [
                "count": build.print.number(entries.count { !isExpired($0) }),
                "has_entries": !entries.isEmpty,
                "entries": entries.map { entry -> [String: Any] in
                    [
                        "id": "\(entry.id)", "plate": entry.plate.text, "reason": entry.reason,
                        "added_by": entry.addedBy, "notes": entry.notes ?? "",
                        "has_expiry": entry.expiry != nil, "expiry": expiry(entry),
                        "is_expired": isExpired(entry),
                        "created": build.print.dateTime(entry.createdAt),
                        "created_utc": entry.createdAt.rfc3339,
                    ]
                },
                "has_rows": !ids.isEmpty,
            ],
            rows: build.rows(ids)
        )
    }

    /// A day as it was given, an instant on the site's clock.
    private func expiry(_ entry: BlacklistEntry) -> String {
        guard let expiry = entry.expiry else { return "" }
        return Day(expiry.text)?.description ?? build.print.dateTime(expiry.instant)
    }
}

/// What nginx and the service show for a path that is not there.
struct NotFoundPage {
    static let path = "404.html"

    let build: SiteBuild

    func make() throws {
        try build.page(
            NotFoundPage.path,
            template: "not-found",
            section: .home,
            title: .init(thai: "ไม่พบหน้า", english: "Not found"),
            [:]
        )
    }
}
