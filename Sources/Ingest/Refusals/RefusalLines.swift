internal import Core

/// Which refusals get a line in the log: the first of a camera with a code at once, and the others of the same kind
/// together, at most one line in a while.
///
/// Where the camera is not known the client's address stands for it. What is remembered is bounded: kinds beyond that
/// share one line.
struct RefusalLines {
    /// What a line tells beside the refusal.
    struct Source: Sendable {
        /// The id that the answer carried.
        let id: String
        let client: ClientAddress
        /// The route's pattern, or what kind of socket it was.
        let place: String
    }

    /// One line: the last refusal of its kind and how many there were since the last line.
    struct Line: Sendable {
        let refusal: Refusal
        let source: Source
        let count: Int
        /// Whether they are of kinds that had no room.
        var isShared = false
    }

    private struct Kind: Hashable {
        let cameraID: String?
        let client: IPAddress?
        let code: String

        init(_ refusal: Refusal, _ source: Source) {
            cameraID = refusal.cameraID
            client = cameraID == nil ? source.client.peer : nil
            code = refusal.code
        }
    }

    private struct Entry {
        /// When the last line was written.
        var writtenAt: Int64
        /// What came since.
        var waiting: Line?

        /// Takes refusals; returns the line that is due.
        mutating func add(_ line: Line, now: Int64, interval: Int64) -> Line? {
            waiting = Line(
                refusal: line.refusal,
                source: line.source,
                count: line.count + (waiting?.count ?? 0),
                isShared: line.isShared
            )
            return take(now: now, interval: interval)
        }

        mutating func take(now: Int64, interval: Int64) -> Line? {
            guard let line = waiting, now - writtenAt >= interval else { return nil }
            (writtenAt, waiting) = (now, nil)
            return line
        }
    }

    private let interval: Int64
    private let kindsMax: Int
    private var entries: [Kind: Entry] = [:]
    private var shared: Entry

    init(limits: Limits) {
        interval = Int64(limits.refusalLineSeconds) * 1_000
        kindsMax = limits.refusalKindsMax
        shared = Entry(writtenAt: -interval)
    }

    /// Whether a line waits for its time, or something is remembered that may be forgotten later.
    var isEmpty: Bool { entries.isEmpty && shared.waiting == nil }

    /// How many kinds are remembered.
    var kinds: Int { entries.count }

    /// Takes `count` refusals that are the same; returns a line that is to be written now.
    ///
    /// `now` is in milliseconds from any moment.
    mutating func add(_ refusal: Refusal, _ source: Source, count: Int, now: Int64) -> Line? {
        let kind = Kind(refusal, source)
        let line = Line(refusal: refusal, source: source, count: count)
        if entries[kind] != nil {
            return entries[kind]?.add(line, now: now, interval: interval)
        }
        guard entries.count < kindsMax else {
            var line = line
            line.isShared = true
            return shared.add(line, now: now, interval: interval)
        }
        entries[kind] = Entry(writtenAt: now)
        return line
    }

    /// The lines whose time has come; kinds of which nothing came since their last one are forgotten.
    mutating func takeDue(now: Int64) -> [Line] {
        var lines: [Line] = []
        for (kind, entry) in entries where now - entry.writtenAt >= interval {
            if let line = entries[kind]?.take(now: now, interval: interval) {
                lines.append(line)
            } else {
                entries[kind] = nil
            }
        }
        if let line = shared.take(now: now, interval: interval) { lines.append(line) }
        return lines
    }

    /// All lines that wait, and forgets everything: the service stops.
    mutating func takeAll() -> [Line] {
        let waiting = entries.values.compactMap(\.waiting) + [shared.waiting].compactMap(\.self)
        entries = [:]
        shared.waiting = nil
        return waiting
    }
}
