/// The event ids of the newest records, in memory until they are flushed to the ``DedupIndex``.
///
/// They are in 1,024 groups, each for eight neighbouring buckets, and are flushed group by group in cycles: so one
/// flush writes many entries to few buckets, and is short.
struct DedupMemtable {
    /// The number of groups per flush cycle.
    static let groupCount = 1 << groupBits
    private static let groupBits = 10

    private(set) var count = 0
    /// The group that is flushed next.
    private(set) var next = 0
    private var groups = [[DedupEntry]](repeating: [], count: groupCount)

    /// An empty memtable that resumes the flush cycle at `next`.
    init(next: Int) { self.next = next % DedupMemtable.groupCount }

    mutating func add(_ entry: DedupEntry) {
        groups[Self.group(of: entry.hash)].append(entry)
        count += 1
    }

    /// The records whose event id has this hash.
    func records(_ hash: DedupHash) -> [Int64] {
        groups[Self.group(of: hash)].compactMap { $0.hash == hash ? $0.record : nil }
    }

    /// Removes and returns the next group, and whether it ends the cycle.
    mutating func takeGroup() -> (entries: [DedupEntry], endsCycle: Bool) {
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
