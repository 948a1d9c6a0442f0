import Core

/// The newest of everything as JSON under `/data`, for scripts, and for pages whose service is down.
struct Snapshots {
    let build: SiteBuild

    private static let records = 500

    func make(_ statistics: Statistics) throws {
        try write("statistics") { statistics.write(to: &$0) }
        try write("records", list: "records", try build.snapshot.newestRecords(Snapshots.records))
        try write("blacklist", list: "blacklist", try build.snapshot.blacklistNotRemoved())
        try write("cameras", list: "cameras", statistics.cameras)
        let detections = try build.snapshot.detections(since: .init(milliseconds: 0), limit: 200)
        try write("detections", list: "detections", detections)
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
