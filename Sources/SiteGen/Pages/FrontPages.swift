import Core

extension PageKind {
    /// The start page with links.
    static let home = PageKind("index.html", dependsOn: .anything) {
        try HomePage(build: $0.build).make($0.build.statistics())
    }

    /// Counters, charts, the newest reads.
    static let dashboard = PageKind("dashboard.html", dependsOn: .anything, lists: [.camera]) {
        try DashboardPage(build: $0.build).make($0.build.statistics())
    }

    /// The newest reads, and filters for all of them.
    static let records = PageKind("records.html", dependsOn: .anything) {
        try RecordsPage(build: $0.build).make($0.build.statistics())
    }

    /// Reads of listed plates.
    static let alerts = PageKind("alerts.html", dependsOn: .alerts) {
        try AlertsPage(build: $0.build).make()
    }

    /// The page for unknown paths.
    static let notFound = PageKind("404.html", dependsOn: []) {
        try ErrorPage(build: $0.build).make(
            "404.html",
            template: "not-found",
            title: .init(thai: "ไม่พบหน้า", english: "Not found")
        )
    }

    /// The page for paths that a person's role does not include.
    static let forbidden = PageKind("403.html", dependsOn: []) {
        try ErrorPage(build: $0.build).make(
            "403.html",
            template: "forbidden",
            title: .init(thai: "ไม่มีสิทธิ์", english: "Not allowed")
        )
    }
}

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
                "today": build.format.number(statistics.today.reads),
                "total": build.format.number(statistics.total.reads),
                "hits": build.format.number(statistics.today.hits),
                "cameras": build.format.number(statistics.cameras.count),
                "connected": build.format.number(statistics.connectedCameras),
                "has_lost": statistics.connectedCameras < statistics.cameras.count,
            ],
            rows: build.rows(build.snapshot.newestIDs(5))
        )
    }
}

/// `/dashboard`: statistics, charts, the newest reads.
struct DashboardPage {
    let build: SiteBuild

    private static let reads = 10
    /// The maximum number of disconnected cameras that are named; the others are counted.
    private static let lostNamed = 8

    func make(_ statistics: Statistics) throws {
        let charts = ChartData(build: build)
        let lost = try build.cameras().filter { !$0.isConnected }
        try build.page(
            "dashboard.html",
            template: "dashboard",
            section: .dashboard,
            title: .init(thai: "แดชบอร์ด", english: "Dashboard"),
            [
                "day": statistics.day.description,
                "today": build.format.number(statistics.today.reads),
                "total": build.format.number(statistics.total.reads),
                "hits": build.format.number(statistics.today.hits),
                "cameras": build.format.number(statistics.cameras.count),
                "connected": build.format.number(statistics.connectedCameras),
                "has_lost": !lost.isEmpty,
                "lost": lost.prefix(DashboardPage.lostNamed).map { camera in
                    [
                        "camera": camera.id, "href": "cameras/\(camera.number).html",
                        "last_heard": build.format.dateTime(camera.lastHeardAt),
                        "last_heard_utc": camera.lastHeardAt.rfc3339,
                    ]
                },
                "has_more_lost": lost.count > DashboardPage.lostNamed,
                "more_lost": build.format.number(lost.count - DashboardPage.lostNamed),
                "hours_chart": charts.hours(statistics.hours),
                "days_chart": charts.days(statistics.days),
                "cameras_chart": charts.cameras(statistics.cameras),
                "has_rows": statistics.total.reads > 0,
            ],
            rows: build.rows(build.snapshot.newestIDs(DashboardPage.reads))
        )
    }
}

/// `/records`: the newest reads, and filters for all of them.
struct RecordsPage {
    let build: SiteBuild

    /// Reads on the page; older ones are queried from the service, or are in the archive.
    private static let reads = 100

    func make(_ statistics: Statistics) throws {
        try build.page(
            "records.html",
            template: "records",
            section: .records,
            title: .init(thai: "บันทึก", english: "Records"),
            [
                "total": build.format.number(statistics.total.reads),
                "cameras": statistics.cameras.map(\.id).sorted().map { ["camera": $0] },
                "purpose": build.options.purpose.rawValue,
                "has_rows": statistics.total.reads > 0,
                "has_older": statistics.total.reads > RecordsPage.reads,
            ],
            rows: build.rows(build.snapshot.newestIDs(RecordsPage.reads))
        )
    }
}

/// `/alerts`: blacklist hits.
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

/// A page that a server shows at any path, instead of the one that is wanted.
struct ErrorPage {
    static let paths: Set = ["403.html", "404.html"]

    let build: SiteBuild

    func make(_ path: String, template: String, title: SiteBuild.Title) throws {
        try build.page(path, template: template, section: .home, title: title, [:])
    }
}
