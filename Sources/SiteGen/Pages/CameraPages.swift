import Core

/// `/cameras`, and a page for each camera under its number: names never stand in paths.
struct CameraPages {
    let build: SiteBuild

    func makeList(_ statistics: Statistics) throws {
        let today = try build.snapshot.cameraCounts(of: statistics.day)
        try build.page(
            "cameras.html",
            template: "cameras",
            section: .cameras,
            title: .init(thai: "กล้อง", english: "Cameras"),
            [
                "total": build.print.number(statistics.cameras.count),
                "connected": build.print.number(statistics.connectedCameras),
                "has_cameras": !statistics.cameras.isEmpty,
                "cameras": statistics.cameras.sorted { $0.id < $1.id }.map { camera in
                    values(camera, today: today[camera.number]?.reads ?? 0)
                },
            ]
        )
    }

    /// Makes the pages of some cameras, or of all.
    func makeEach(only numbers: Set<Int64>?) throws {
        let day = try build.snapshot.today()
        let today = try build.snapshot.cameraCounts(of: day)
        for camera in try build.snapshot.cameras() where numbers?.contains(camera.number) ?? true {
            let records = try build.snapshot.newestRecords(ofCamera: camera.number, 50)
            let hours = try build.snapshot.hourCounts(of: day, camera: camera.number)
            var page = values(camera, today: today[camera.number]?.reads ?? 0)
            page["day"] = day.description
            page["chart"] = Figures(build: build).hours(hours)
            page["rows"] = build.rows(records, root: "../")
            page["has_rows"] = !records.isEmpty
            try build.page(
                "cameras/\(camera.number).html",
                template: "camera",
                section: .cameras,
                title: .init(thai: "กล้อง \(camera.id)", english: "Camera \(camera.id)"),
                page
            )
        }
    }

    private func values(_ camera: Camera, today: Int) -> [String: Any] {
        [
            "camera": camera.id, "href": "cameras/\(camera.number).html",
            "is_connected": camera.isConnected, "checkpoint": camera.checkpointID ?? "",
            "location": camera.location.text ?? "",
            "last_heard": build.print.dateTime(camera.lastHeardAt),
            "last_heard_utc": camera.lastHeardAt.rfc3339,
            "has_last_read": camera.lastReadAt != nil,
            "last_read": camera.lastReadAt.map(build.print.dateTime) ?? "",
            "today": build.print.number(today), "reads": build.print.number(camera.reads),
            "hits": build.print.number(camera.hits), "has_health": camera.healthStatus != nil,
            "health": camera.healthStatus ?? "",
        ]
    }
}
