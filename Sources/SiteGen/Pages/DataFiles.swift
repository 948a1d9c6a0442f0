import Core

extension PageKind {
    /// `/data/statistics.json`.
    static let statisticsData = PageKind("data/statistics.json", dependsOn: .anything) {
        try DataFiles(build: $0.build).makeStatistics()
    }

    /// `/data/records.json`.
    static let recordsData = PageKind("data/records.json", dependsOn: .anything) {
        try DataFiles(build: $0.build).makeRecords()
    }

    /// `/data/cameras.json`.
    static let camerasData = PageKind("data/cameras.json", dependsOn: .anything) {
        try DataFiles(build: $0.build).makeCameras()
    }

    /// `/data/blacklist.json`.
    static let blacklistData = PageKind("data/blacklist.json", dependsOn: .blacklist) {
        try DataFiles(build: $0.build).makeBlacklist()
    }

    /// `/data/detections.json`.
    static let detectionsData = PageKind("data/detections.json", dependsOn: .alerts) {
        try DataFiles(build: $0.build).makeDetections()
    }

    /// `/data/health.json`.
    static let healthData = PageKind("data/health.json", dependsOn: .health) {
        try DataFiles(build: $0.build).makeHealth()
    }
}

/// The newest of everything as JSON under `/data`, for scripts, and for pages whose service is down.
struct DataFiles {
    let build: SiteBuild

    private static let records = 500
    /// The number of missing records beyond which all are queried at once.
    private static let singleRecordsMax = 50

    func makeStatistics() throws {
        let statistics = try build.statistics()
        try write("statistics") { statistics.write(to: &$0) }
    }

    func makeCameras() throws {
        try write("cameras", list: "cameras", build.statistics().cameras)
    }

    /// Most of the newest records were among them a moment ago: their JSON is remembered.
    func makeRecords() throws {
        let ids = try build.snapshot.newestIDs(DataFiles.records)
        var texts: [Int64: [UInt8]] = [:]
        for id in ids { texts[id] = build.cache.records[id] }
        let missing = ids.filter { texts[$0] == nil }
        let records =
            missing.count > DataFiles.singleRecordsMax
            ? try build.snapshot.newestRecords(DataFiles.records)
            : try missing.compactMap { try build.snapshot.record(id: $0) }
        for record in records where texts[record.id] == nil {
            var writer = JSONWriter(capacity: 512)
            record.write(to: &writer)
            texts[record.id] = writer.bytes
        }
        build.cache.records = texts
        var bytes = Array(#"{"records":["#.utf8)
        for (index, id) in ids.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: texts[id] ?? [])
        }
        bytes.append(contentsOf: "]}\n".utf8)
        try build.output.write("data/records.json", bytes)
    }

    /// The newest entries; `total` is the number of active ones.
    func makeBlacklist() throws {
        let entries = try build.snapshot.newestListed(DataFiles.records)
        let total = try build.snapshot.listLengths().counting
        try write("blacklist") { writer in
            writer.object { writer in
                writer.key("blacklist")
                writer.array(of: entries) { $1.write(to: &$0) }
                writer.field("total", total)
            }
        }
    }

    func makeDetections() throws {
        let detections = try build.snapshot.detections(since: .init(milliseconds: 0), limit: 200)
        try write("detections", list: "detections", detections)
    }

    func makeHealth() throws {
        if let check = try build.snapshot.latestHealthCheck() {
            try write("health") { check.write(to: &$0) }
        } else {
            try build.output.retire("data/health.json")
        }
    }

    private func write(_ name: String, list: String, _ values: [any JSONWritable]) throws {
        try write(name) { writer in
            writer.object { writer in
                writer.key(list)
                writer.array(of: values) { $1.write(to: &$0) }
            }
        }
    }

    private func write(_ name: String, _ body: (inout JSONWriter) -> Void) throws {
        var writer = JSONWriter(capacity: 4_096)
        body(&writer)
        try build.output.write("data/\(name).json", writer.bytes + [0x0A])
    }
}
