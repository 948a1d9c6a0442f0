/// The event ids of the newest records, in memory until they are entered in the ``DedupIndex``.
///
/// They stand in a thousand groups, each for eight neighbouring buckets, and are taken group by group, round after
/// round: so what is entered at one time are many of few buckets, and no time is long.
struct DedupMemtable {
    /// In how many groups a round takes them.
    static let groupCount = 1 << groupBits
    private static let groupBits = 10

    private(set) var count = 0
    /// The group that is taken next.
    private(set) var next = 0
    private var groups = [[DedupEntry]](repeating: [], count: groupCount)

    /// None, in the midst of a round.
    init(next: Int) { self.next = next % DedupMemtable.groupCount }

    mutating func add(_ entry: DedupEntry) {
        groups[Self.group(of: entry.hash)].append(entry)
        count += 1
    }

    /// The records whose event id has this hash.
    func records(_ hash: DedupHash) -> [Int64] {
        groups[Self.group(of: hash)].compactMap { $0.hash == hash ? $0.record : nil }
    }

    /// Takes the next group; says whether it ends a round.
    mutating func takeGroup() -> (entries: [DedupEntry], endsRound: Bool) {
        var entries: [DedupEntry] = []
        swap(&entries, &groups[next])
        count -= entries.count
        next = (next + 1) % DedupMemtable.groupCount
        return (entries, next == 0)
    }

    private static func group(of hash: DedupHash) -> Int {
        hash.bucket >> (DedupHash.bucketBits - groupBits)
    }
}
