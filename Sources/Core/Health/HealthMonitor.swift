/// The state of one part of the running service, as it reports itself.
public struct ServiceState: Sendable {
    /// The part's name as displayed: `recorder`, `publisher`, `listener`.
    public let name: String
    /// Its health.
    public let status: HealthCheck.Status
    /// The text.
    public let message: String
    /// Measurements; names end in their units.
    public let details: [JSON.Member]

    /// Makes a state.
    public init(
        name: String,
        status: HealthCheck.Status,
        message: String,
        details: [JSON.Member] = []
    ) {
        self.name = name
        self.status = status
        self.message = message
        self.details = details
    }
}

/// Checks the server's health: database, disk, machine, cameras and the parts of the service.
public final class HealthMonitor: Sendable {
    private let store: any StoreReader
    private let recorder: Recorder
    private let services: @Sendable () -> [ServiceState]

    /// Disk and memory use in percent at which a check warns and fails (wire contract: disk 80 and 90).
    private static let usedPercentWarning = 80.0
    private static let usedPercentFailure = 90.0

    /// A monitor of a store; `services` returns the states of the other parts.
    public init(
        store: any StoreReader,
        recorder: Recorder,
        services: @escaping @Sendable () -> [ServiceState]
    ) {
        self.store = store
        self.recorder = recorder
        self.services = services
    }

    /// Runs a check, stores it with its event, and returns it.
    ///
    /// Throws ``Refusal`` if it cannot be stored.
    public func check() async throws(Refusal) -> HealthCheck {
        let check = await look()
        try await recorder.record(check)
        return check
    }

    /// Runs a check without storing it.
    public func look() async -> HealthCheck {
        HealthCheck(
            checkedAt: recorder.clock(),
            components: [
                await database(), disk(), machine(), await cameras(), serviceParts(),
            ]
        )
    }

    private func database() async -> HealthCheck.Component {
        do {
            let now = recorder.clock()
            let counts = try await store.read { try $0.databaseCounts(at: now) }
            return HealthCheck.Component(
                .database,
                .pass,
                "The database answers",
                thai: "ฐานข้อมูลตอบสนองปกติ",
                [
                    JSON.Member("size_bytes", .number(Double(counts.bytes))),
                    JSON.Member("free_bytes", .number(Double(counts.freeBytes))),
                    JSON.Member("records", .number(Double(counts.records))),
                    JSON.Member("blacklist_entries", .number(Double(counts.blacklistEntries))),
                    JSON.Member("sqlite_version", .string(Store.sqliteVersion)),
                    JSON.Member("wal_buffer", .string(recorder.load.walFallback ?? "on")),
                ]
            )
        } catch {
            return HealthCheck.Component(
                .database,
                .fail,
                "The database does not answer",
                thai: "ฐานข้อมูลไม่ตอบสนอง",
                []
            )
        }
    }

    private func disk() -> HealthCheck.Component {
        guard let space = recorder.space, space.total > 0 else {
            return HealthCheck.Component(
                .diskSpace,
                .fail,
                "The disk cannot be measured",
                thai: "วัดพื้นที่ดิสก์ไม่ได้",
                []
            )
        }
        let used = space.usedPercent
        let minimum = store.limits.diskFreeMin
        let refusesReads = refusesReads
        return HealthCheck.Component(
            .diskSpace,
            refusesReads ? .fail : HealthMonitor.status(ofUsed: used),
            refusesReads
                ? "Reads are refused: \(space.free / 1_048_576) MiB of the disk are free,"
                    + " at least \(minimum / 1_048_576) MiB are required (DISK_FREE_MIN)"
                : "\(HealthMonitor.rounded(used)) % of the disk is in use",
            thai: refusesReads
                ? "ไม่รับการอ่านใหม่: ดิสก์เหลือ \(space.free / 1_048_576) MiB"
                    + " ต้องมีอย่างน้อย \(minimum / 1_048_576) MiB (DISK_FREE_MIN)"
                : "ใช้พื้นที่ดิสก์ไปแล้ว \(HealthMonitor.rounded(used)) %",
            [
                JSON.Member("used_percent", .number(HealthMonitor.rounded(used))),
                JSON.Member("free_bytes", .number(Double(space.free))),
                JSON.Member("total_bytes", .number(Double(space.total))),
            ]
        )
    }

    /// Whether reads are refused because the disk is nearly full.
    public var refusesReads: Bool {
        do throws(Refusal) {
            try recorder.refuseFullDisk()
            return false
        } catch {
            return true
        }
    }

    private func machine() -> HealthCheck.Component {
        guard let metrics = SystemMetrics.now() else {
            return HealthCheck.Component(
                .systemResources,
                .warning,
                "The machine's memory and load cannot be read",
                thai: "อ่านหน่วยความจำและภาระของเครื่องไม่ได้",
                []
            )
        }
        // A load of twice the cores is busy; only memory can bring the service down.
        let load: HealthCheck.Status = metrics.loadPercent >= 200 ? .warning : .pass
        let status = max(load, HealthMonitor.status(ofUsed: metrics.memoryUsedPercent))
        let memoryUsed = HealthMonitor.rounded(metrics.memoryUsedPercent)
        let loadPercent = HealthMonitor.rounded(metrics.loadPercent)
        return HealthCheck.Component(
            .systemResources,
            status,
            "Memory \(memoryUsed) %, load \(loadPercent) % of \(metrics.cores) cores",
            thai: "หน่วยความจำ \(memoryUsed) % ภาระ \(loadPercent) % ของ \(metrics.cores) คอร์",
            [
                JSON.Member("memory_used_percent", .number(memoryUsed)),
                JSON.Member("memory_total_bytes", .number(Double(metrics.memoryBytes))),
                JSON.Member("load_percent", .number(loadPercent)),
                JSON.Member("cores", .number(Double(metrics.cores))),
                JSON.Member("service_memory_bytes", .number(Double(metrics.residentBytes))),
            ]
        )
    }

    private func cameras() async -> HealthCheck.Component {
        guard let cameras = try? await store.read({ try $0.cameras() }) else {
            return HealthCheck.Component(
                .cameras,
                .fail,
                "The cameras cannot be listed",
                thai: "อ่านรายชื่อกล้องไม่ได้",
                []
            )
        }
        let connected = cameras.count { $0.isConnected }
        let unwell = cameras.count { $0.healthStatus == HealthReport.Status.error.rawValue }
        let silent = cameras.count - connected
        return HealthCheck.Component(
            .cameras,
            silent * 2 > cameras.count ? .fail : silent > 0 || unwell > 0 ? .warning : .pass,
            cameras.isEmpty
                ? "No camera has connected yet"
                : "\(connected) of \(cameras.count) cameras are connected",
            thai: cameras.isEmpty
                ? "ยังไม่มีกล้องติดต่อเข้ามา"
                : "เชื่อมต่ออยู่ \(connected) จาก \(cameras.count) กล้อง",
            [
                JSON.Member("total", .number(Double(cameras.count))),
                JSON.Member("connected", .number(Double(connected))),
                JSON.Member("disconnected", .number(Double(silent))),
                JSON.Member("reporting_errors", .number(Double(unwell))),
            ]
        )
    }

    private func serviceParts() -> HealthCheck.Component {
        let load = recorder.load
        let isFull = load.queuedReads > store.limits.queueReadsMax / 2
        let states =
            [
                ServiceState(
                    name: "recorder",
                    status: isFull ? .warning : .pass,
                    message: isFull ? "The queue is more than half full" : "Running",
                    details: [
                        JSON.Member("queued_reads", .number(Double(load.queuedReads))),
                        JSON.Member("commits", .number(Double(load.commits))),
                        JSON.Member("reads", .number(Double(load.reads))),
                    ]
                )
            ] + retention() + services()
        let status = states.map(\.status).max() ?? .pass
        let unwell = states.filter { $0.status != .pass }
        return HealthCheck.Component(
            .services,
            status,
            unwell.isEmpty
                ? "All services are running"
                : unwell.map { "\($0.name): \($0.message)" }.joined(separator: "; "),
            thai: unwell.isEmpty
                ? "ทุกส่วนทำงานปกติ"
                : "มีปัญหา: " + unwell.map { "\($0.name): \($0.message)" }.joined(separator: "; "),
            states.map { state in
                JSON.Member(
                    state.name,
                    .object(
                        [
                            JSON.Member("status", .string(state.status.rawValue)),
                            JSON.Member("message", .string(state.message)),
                        ] + state.details
                    )
                )
            }
        )
    }

    /// Only while retention is suspended.
    private func retention() -> [ServiceState] {
        guard let seconds = recorder.retentionHold else { return [] }
        return [
            ServiceState(
                name: "retention",
                status: .warning,
                message:
                    "The clock is more than a day ahead of the newest record; retention is suspended",
                details: [
                    JSON.Member("code", .string("clock_jumped")),
                    JSON.Member("seconds_left", .number(Double(seconds))),
                ]
            )
        ]
    }

    private static func status(ofUsed percent: Double) -> HealthCheck.Status {
        percent >= usedPercentFailure ? .fail : percent >= usedPercentWarning ? .warning : .pass
    }

    /// Rounds to one decimal.
    private static func rounded(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}
