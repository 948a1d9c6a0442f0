import Core

/// The newest of everything as JSON under `/data`, for scripts, and for pages whose service is down.
struct Snapshots {
    let build: SiteBuild

    private static let records = 500
    /// Records beyond which all are asked for in one go.
    private static let singleRecordsMax = 50

    /// What every read changes.
    func make(_ statistics: Statistics) throws {
        try write("statistics") { statistics.write(to: &$0) }
        try makeRecords()
        try write("cameras", list: "cameras", statistics.cameras)
    }

    /// Most of the newest records were among them a moment ago: their JSON is remembered.
    private func makeRecords() throws {
        let ids = try build.snapshot.newestIDs(Snapshots.records)
        var lines: [Int64: [UInt8]] = [:]
        for id in ids { lines[id] = build.memory.records[id] }
        let missing = ids.filter { lines[$0] == nil }
        let records =
            missing.count > Snapshots.singleRecordsMax
            ? try build.snapshot.newestRecords(Snapshots.records)
            : try missing.compactMap { try build.snapshot.record(id: $0) }
        for record in records where lines[record.id] == nil {
            var writer = JSONWriter(capacity: 512)
            record.write(to: &writer)
            lines[record.id] = writer.bytes
        }
        build.memory.records = lines
        var bytes = Array(#"{"records":["#.utf8)
        for (index, id) in ids.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: lines[id] ?? [])
        }
        bytes.append(contentsOf: "]}\n".utf8)
        try build.output.write("data/records.json", bytes)
    }

    /// The newest entries; `total` says how many count.
    func makeBlacklist() throws {
        let entries = try build.snapshot.newestListed(Snapshots.records)
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
