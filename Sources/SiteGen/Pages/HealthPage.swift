import Core

extension PageKind {
    /// The newest check and the history.
    static let health = PageKind("health.html", dependsOn: .health) {
        try HealthPage(build: $0.build).make()
    }
}

/// `/health`: the newest check, and how it went before.
struct HealthPage {
    let build: SiteBuild

    func make() throws {
        let checks = try build.snapshot.healthChecks(since: .init(milliseconds: 0), limit: 100)
        let reports = try build.snapshot.healthReports(since: .init(milliseconds: 0), limit: 50)
        let newest = checks.first
        try build.page(
            "health.html",
            template: "health",
            section: .health,
            title: .init(thai: "สถานะระบบ", english: "Health"),
            [
                "has_check": newest != nil,
                "overall": newest?.overall.rawValue ?? "",
                "overall_th": newest.map { HealthPage.thai($0.overall) } ?? "",
                "checked": newest.map { build.format.dateTime($0.checkedAt) } ?? "",
                "checked_utc": newest?.checkedAt.rfc3339 ?? "",
                "components": newest?.components.map(component) ?? [],
                "checks": checks.reversed().map { check in
                    [
                        "status": check.overall.rawValue,
                        "time": build.format.dateTime(check.checkedAt),
                    ]
                },
                "has_reports": !reports.isEmpty,
                "reports": reports.map { report in
                    [
                        "camera": report.cameraID, "component": report.component,
                        "status": report.status, "message": report.message,
                        "time": build.format.dateTime(report.receivedAt),
                        "time_utc": report.receivedAt.rfc3339,
                    ]
                },
            ]
        )
    }

    private static let names: [HealthCheck.Part: (thai: String, english: String)] = [
        .database: ("ฐานข้อมูล", "Database"),
        .diskSpace: ("พื้นที่ดิสก์", "Disk space"),
        .systemResources: ("ทรัพยากรเครื่อง", "System resources"),
        .cameras: ("กล้อง", "Cameras"),
        .services: ("บริการ", "Services"),
    ]

    private static let metricNames = [
        "size_bytes": "ขนาด", "free_bytes": "ว่าง", "records": "บันทึก",
        "blacklist_entries": "รายการบัญชีดำ", "used_percent": "ใช้ไป", "total_bytes": "ทั้งหมด",
        "memory_used_percent": "หน่วยความจำที่ใช้", "memory_total_bytes": "หน่วยความจำทั้งหมด",
        "load_percent": "ภาระ", "cores": "คอร์", "service_memory_bytes": "หน่วยความจำของบริการ",
        "total": "ทั้งหมด", "connected": "เชื่อมต่อ", "disconnected": "ขาดการเชื่อมต่อ",
        "reporting_errors": "แจ้งข้อผิดพลาด", "sqlite_version": "รุ่นของ SQLite",
        "wal_buffer": "บัฟเฟอร์ของ WAL",
    ]

    private static func thai(_ status: HealthCheck.Status) -> String {
        switch status {
        case .pass: "ปกติ"
        case .warning: "เตือน"
        case .fail: "ขัดข้อง"
        }
    }

    private func component(_ component: HealthCheck.Component) -> [String: Any] {
        let name = HealthPage.names[component.part] ?? ("", component.part.rawValue)
        return [
            "name_th": name.thai, "name_en": name.english, "status": component.status.rawValue,
            "status_th": HealthPage.thai(component.status),
            "message": component.message, "message_th": component.thaiMessage,
            "figures": component.details.compactMap { member -> [String: Any]? in
                guard let value = value(of: member) else { return nil }
                return [
                    "figure": label(member.name),
                    "figure_th": HealthPage.metricNames[member.name] ?? label(member.name),
                    "value": value,
                ]
            },
        ]
    }

    /// `used_percent` → `used`: the unit follows the value.
    private func label(_ name: String) -> String {
        var words = name.split(separator: "_")
        if words.last == "percent" || words.last == "bytes" { words.removeLast() }
        return words.joined(separator: " ")
    }

    /// Nil if it is not shown as a single value: the parts of the service.
    private func value(of member: JSON.Member) -> String? {
        switch member.value {
        case .number(let number): value(member.name, number)
        case .string(let text): text
        default: nil
        }
    }

    private func value(_ name: String, _ number: Double) -> String {
        if name.hasSuffix("_bytes") { return build.format.bytes(number) }
        let tenths = Int((number * 10).rounded())
        let text =
            tenths % 10 == 0 ? build.format.number(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
        return name.hasSuffix("_percent") ? text + " %" : text
    }
}
