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

/// How far the pages in a folder have come: `data/site.json`, written last.
struct SiteState: Equatable {
    static let path = "data/site.json"

    /// The newest event that the pages show.
    let eventID: Int64
    /// When that event was; nil before the first one.
    let eventAt: Timestamp?
    /// The templates and options that they were made with.
    let fingerprint: String

    init(eventID: Int64, eventAt: Timestamp?, fingerprint: String) {
        self.eventID = eventID
        self.eventAt = eventAt
        self.fingerprint = fingerprint
    }

    /// The state of a folder; nil where there is none that can be read.
    init?(_ output: Output) {
        guard let bytes = output.bytes(of: SiteState.path), let json = try? JSONParser.parse(bytes),
            case .number(let eventID)? = json["event_id"],
            case .string(let fingerprint)? = json["fingerprint"]
        else { return nil }
        var eventAt: Timestamp?
        if case .string(let text)? = json["event_at"] { eventAt = Timestamp(rfc3339: text) }
        self.init(eventID: Int64(eventID), eventAt: eventAt, fingerprint: fingerprint)
    }

    func write(to output: Output) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("event_id", eventID)
            writer.field("event_at", eventAt)
            writer.field("fingerprint", fingerprint)
        }
        try output.write(SiteState.path, writer.bytes + [0x0A])
    }
}
