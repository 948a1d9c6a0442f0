/// The event ids of the newest records, in memory until they are entered in the ``EventIndex``.
///
/// They stand in a thousand groups, each for eight neighbouring buckets, and are taken group by group, round after
/// round: so what is entered at one time are many of few buckets, and no time is long.
struct WaitingEvents {
    /// A record's event id.
    struct Entry {
        let hash: EventHash
        let record: Int64
    }

    private static let groupBits = 10

    private(set) var count = 0
    private var groups = [[Entry]](repeating: [], count: 1 << groupBits)
    private var next = 0

    /// Which part of the present round is done.
    var progress: Double { Double(next) / Double(groups.count) }

    mutating func add(_ entry: Entry) {
        groups[Self.group(of: entry.hash)].append(entry)
        count += 1
    }

    /// The records whose event id has this hash.
    func records(_ hash: EventHash) -> [Int64] {
        groups[Self.group(of: hash)].compactMap { $0.hash == hash ? $0.record : nil }
    }

    /// Takes the next group; says whether it ends a round.
    mutating func takeGroup() -> (entries: [Entry], endsRound: Bool) {
        let entries = groups[next]
        groups[next].removeAll(keepingCapacity: true)
        count -= entries.count
        next = (next + 1) % groups.count
        return (entries, next == 0)
    }

    private static func group(of hash: EventHash) -> Int {
        hash.bucket >> (EventHash.bucketBits - groupBits)
    }
}
