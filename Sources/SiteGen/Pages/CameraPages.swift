import Core

extension PageKind {
    /// A camera's reads, health and clock.
    static let camera = PageKind("cameras/{number}.html", dependsOn: .anything) { update in
        try CameraPages(build: update.build).makeEach(only: update.cameras)
    }

    /// All cameras.
    static let cameras = PageKind("cameras.html", dependsOn: .anything, lists: [.camera]) {
        update in
        try CameraPages(build: update.build).makeList(update.build.statistics())
    }
}

/// `/cameras`, and a page for each camera under its number: names never stand in paths.
struct CameraPages {
    let build: SiteBuild

    func makeList(_ statistics: Statistics) throws {
        let today = try build.statistics(of: statistics.day)
        try build.page(
            "cameras.html",
            template: "cameras",
            section: .cameras,
            title: .init(thai: "กล้อง", english: "Cameras"),
            [
                "total": build.format.number(statistics.cameras.count),
                "connected": build.format.number(statistics.connectedCameras),
                "has_cameras": !statistics.cameras.isEmpty,
                "cameras": try lostFirst(build.cameras()).map { camera in
                    values(camera, today: today.count(ofCamera: camera.number)?.reads ?? 0)
                },
            ]
        )
    }

    /// Renders the pages of the given cameras, or of all.
    func makeEach(only numbers: Set<Int64>?) throws {
        let day = try build.snapshot.today()
        let today = try build.statistics(of: day)
        let newest = try build.snapshot.newestOfCameras(50)
        for camera in try build.cameras() where numbers?.contains(camera.number) ?? true {
            let ids = try newest.ids(ofCamera: camera.number)
            let hours = today.hours(ofCamera: camera.number)
            var page = values(camera, today: today.count(ofCamera: camera.number)?.reads ?? 0)
            page["day"] = day.description
            page["chart"] = ChartData(build: build).hours(hours)
            page["has_rows"] = !ids.isEmpty
            try build.page(
                "cameras/\(camera.number).html",
                template: "camera",
                section: .cameras,
                title: .init(thai: "กล้อง \(camera.id)", english: "Camera \(camera.id)"),
                page,
                rows: build.rows(ids, root: "../")
            )
        }
    }

    private func lostFirst(_ cameras: [Camera]) -> [Camera] {
        cameras.filter { !$0.isConnected } + cameras.filter(\.isConnected)
    }

    /// The clock offset in ms that is tolerated: networks and cameras have delays.
    private static let clockTolerance: Int64 = 5_000

    private func values(_ camera: Camera, today: Int) -> [String: Any] {
        let offset = camera.clockOffsetMilliseconds ?? 0
        return [
            "has_clock": camera.clockOffsetMilliseconds != nil,
            "is_ahead": offset > CameraPages.clockTolerance,
            "is_behind": offset < -CameraPages.clockTolerance,
            "is_right": offset.magnitude <= CameraPages.clockTolerance.magnitude,
            "offset_th": build.format.span(milliseconds: offset, thai: true),
            "offset_en": build.format.span(milliseconds: offset, thai: false),
            "measured": camera.clockMeasuredAt.map(build.format.dateTime) ?? "",
            "measured_utc": camera.clockMeasuredAt?.rfc3339 ?? "",
            "camera": camera.id, "href": "cameras/\(camera.number).html",
            "is_connected": camera.isConnected, "checkpoint": camera.checkpointID ?? "",
            "location": camera.location.text ?? "",
            "last_heard": build.format.dateTime(camera.lastHeardAt),
            "last_heard_utc": camera.lastHeardAt.rfc3339,
            "has_last_read": camera.lastReadAt != nil,
            "last_read": camera.lastReadAt.map(build.format.dateTime) ?? "",
            "today": build.format.number(today), "reads": build.format.number(camera.reads),
            "hits": build.format.number(camera.hits), "has_health": camera.healthStatus != nil,
            "health": camera.healthStatus ?? "",
            "is_refused": camera.refusedToday > 0,
            "refused": build.format.number(camera.refusedToday),
        ].merging(values(camera.lastRefusal)) { first, _ in first }
    }

    private func values(_ refusal: CameraRefusal?) -> [String: Any] {
        let words = refusal.map { RefusalWords.title(of: $0.code) }
        return [
            "has_refusal": refusal != nil, "refusal_code": refusal?.code ?? "",
            "refusal_th": words?.thai ?? "", "refusal_en": words?.english ?? "",
            "has_refusal_field": refusal?.field != nil, "refusal_field": refusal?.field ?? "",
            "refusal_at": (refusal?.at).map(build.format.dateTime) ?? "",
            "refusal_utc": refusal?.at.rfc3339 ?? "",
            "refusal_count": build.format.number(refusal?.count ?? 0),
        ]
    }
}
