/// One 1 MiB Bloom filter per segment; rules out most new ids without a disk read.
///
/// With a byte for each of a million records, 2.4 % of absent ids are false positives, which cost a read in vain;
/// there are no false negatives. The blocks of one bucket in eight segments are adjacent: two cache lines per
/// segment, in pages that are found together.
///
/// Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970; all bits of an id are in
/// one 128-byte block (F. Putze et al., "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
struct DedupBloomFilters {
    private static let wordsPerBlock = 16

    /// The filters of up to eight neighbouring segments: for each bucket, one block per segment.
    private struct FilterGroup {
        static let runsMax: Int64 = 8

        let number: Int64
        let runs: [Int64]
        var words: [UInt64]

        /// Empty filters, except for the segments that `before` has.
        init(number: Int64, runs: [Int64], before: FilterGroup?) {
            (self.number, self.runs) = (number, runs)
            words = [UInt64](
                repeating: 0,
                count: DedupHash.buckets * runs.count * DedupBloomFilters.wordsPerBlock
            )
            for (slot, run) in runs.enumerated() {
                guard let before, let old = before.runs.firstIndex(of: run) else { continue }
                for bucket in 0..<DedupHash.buckets {
                    let (source, target) = (before.block(bucket, old), block(bucket, slot))
                    for word in 0..<DedupBloomFilters.wordsPerBlock {
                        words[target + word] = before.words[source + word]
                    }
                }
            }
        }

        func block(_ bucket: Int, _ slot: Int) -> Int {
            (bucket * runs.count + slot) * DedupBloomFilters.wordsPerBlock
        }
    }

    private var groups: [FilterGroup] = []

    /// The segments, in ascending order.
    var runs: [Int64] { groups.flatMap(\.runs) }

    /// Keeps only the given segments, in ascending order; new ones get an empty filter.
    mutating func setRuns(_ runs: [Int64]) {
        let numbers = Set(runs.map { $0 / FilterGroup.runsMax }).sorted()
        groups = numbers.map { number in
            let own = runs.filter { $0 / FilterGroup.runsMax == number }
            let before = groups.first { $0.number == number }
            if let before, before.runs == own { return before }
            return FilterGroup(number: number, runs: own, before: before)
        }
    }

    /// Inserts an event id of a segment.
    mutating func insert(_ hash: DedupHash, run: Int64) {
        guard let (group, slot) = place(run) else {
            setRuns((runs + [run]).sorted())
            return insert(hash, run: run)
        }
        let block = groups[group].block(hash.bucket, slot)
        let places = DedupBloomFilters.places(hash)
        for index in places.indices {
            groups[group].words[block + places[index].word] |= 1 << places[index].bit
        }
    }

    /// The segments that may contain an id: those into which it was inserted, and false positives.
    func runs(thatMayHold hash: DedupHash) -> [Int64] {
        let places = DedupBloomFilters.places(hash)
        var found: [Int64] = []
        for group in groups.indices {
            for slot in groups[group].runs.indices {
                let block = groups[group].block(hash.bucket, slot)
                // All four bits are tested, which avoids a mispredicted branch.
                var bits: UInt64 = 1
                for index in places.indices {
                    bits &= groups[group].words[block + places[index].word] >> places[index].bit
                }
                if bits == 1 { found.append(groups[group].runs[slot]) }
            }
        }
        return found
    }

    private func place(_ run: Int64) -> (group: Int, slot: Int)? {
        guard let group = groups.lastIndex(where: { $0.number == run / FilterGroup.runsMax }),
            let slot = groups[group].runs.lastIndex(of: run)
        else { return nil }
        return (group, slot)
    }

    /// The positions of an id's four bits in its block: ten bits each, from the highest down; multiplying by the
    /// golden ratio spreads the hash over the high bits.
    @inline(__always)
    private static func places(_ hash: DedupHash) -> [4 of (word: Int, bit: UInt64)] {
        let bits = hash.rest &* 0x9E37_79B9_7F4A_7C15
        return [4 of (word: Int, bit: UInt64)] { index in
            let ten = bits >> UInt64(54 - 10 * index) & 1_023
            return (Int(ten >> 6), ten & 63)
        }
    }

    // MARK: - On disk

    /// The number of rows that store a segment's filter, so that reading one takes little memory.
    static let parts = 16
    private static let bucketsPerPart = DedupHash.buckets / parts
    private static let bytesPerPart = bucketsPerPart * wordsPerBlock * 8

    private static func buckets(ofPart part: Int) -> Range<Int> {
        part * bucketsPerPart..<(part + 1) * bucketsPerPart
    }

    /// The bits of some of a segment's buckets, little-endian; empty if there is no such segment.
    func bytes(ofRun run: Int64, part: Int) -> [UInt8] {
        guard let (group, slot) = place(run) else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(DedupBloomFilters.bytesPerPart)
        for bucket in DedupBloomFilters.buckets(ofPart: part) {
            let block = groups[group].block(bucket, slot)
            for word in groups[group].words[block..<block + DedupBloomFilters.wordsPerBlock] {
                bytes.append(word, bytes: 8)
            }
        }
        return bytes
    }

    /// Restores a stored part of a segment's filter; returns whether it has the expected size.
    mutating func restore(run: Int64, part: Int, from bytes: [UInt8]) -> Bool {
        guard let (group, slot) = place(run), (0..<DedupBloomFilters.parts).contains(part),
            bytes.count == DedupBloomFilters.bytesPerPart
        else { return false }
        var next = 0
        for bucket in DedupBloomFilters.buckets(ofPart: part) {
            let block = groups[group].block(bucket, slot)
            for word in block..<block + DedupBloomFilters.wordsPerBlock {
                for shift in stride(from: 0, to: 64, by: 8) {
                    groups[group].words[word] |= UInt64(bytes[next]) << UInt64(shift)
                    next += 1
                }
            }
        }
        return true
    }
}
