import Core
import Foundation

/// The state of the pages in a folder: `data/site.json`, written last.
struct SiteState: Equatable {
    static let path = "data/site.json"

    /// The newest event that the pages show.
    let eventID: Int64
    /// When that event was; nil before the first one.
    let eventAt: Timestamp?
    /// The fingerprint of their templates and options.
    let fingerprint: String
    /// The boot of the machine in which pages were written without syncing; nil if all of them are known to be on
    /// disk.
    var boot: String?

    /// Pages of an earlier boot, which ended without a sync, may be empty or truncated.
    var isTrustworthy: Bool { boot == nil || boot == SiteState.presentBoot }

    /// Identifies the current boot; a digest, because the file is public.
    static let presentBoot: String = {
        var digest = Fingerprint()
        digest.add(
            FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
        )
        return digest.text
    }()

    init(eventID: Int64, eventAt: Timestamp?, fingerprint: String, boot: String?) {
        self.eventID = eventID
        self.eventAt = eventAt
        self.fingerprint = fingerprint
        self.boot = boot
    }

    /// The state of a folder; nil if there is none that can be read.
    init?(_ output: Output) {
        guard let bytes = output.bytes(of: SiteState.path), let json = try? JSONParser.parse(bytes),
            case .number(let eventID)? = json["event_id"],
            case .string(let fingerprint)? = json["fingerprint"]
        else { return nil }
        var eventAt: Timestamp?
        if case .string(let text)? = json["event_at"] { eventAt = Timestamp(rfc3339: text) }
        var boot: String?
        if case .string(let text)? = json["boot"] { boot = text }
        self.init(eventID: Int64(eventID), eventAt: eventAt, fingerprint: fingerprint, boot: boot)
    }

    func write(to output: Output) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("event_id", eventID)
            writer.field("event_at", eventAt)
            writer.field("fingerprint", fingerprint)
            writer.field("boot", boot)
        }
        try output.write(SiteState.path, writer.bytes + [0x0A])
    }
}
