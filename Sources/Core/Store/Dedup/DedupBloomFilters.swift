/// One 1 MiB Bloom filter per segment of records; rules out most new event ids without a disk read.
///
/// With a byte for each of a million records a filter errs for 2.4 % of the ids that are not there, which then are
/// looked for in vain; it never errs for one that is. What eight filters say of one bucket lies side by side: the
/// processor reads two lines of its cache for each, of pages that it finds at once.
///
/// Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970; all bits of an id lie in
/// one block of 128 bytes (F. Putze et al., "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
struct DedupBloomFilters {
    private static let wordsPerBlock = 16

    /// The filters of some neighbouring segments: for each bucket a block of each segment.
    private struct FilterGroup {
        static let segmentsMax: Int64 = 8

        let number: Int64
        let segments: [Int64]
        var words: [UInt64]

        /// Empty filters, and those of another group that has some of the segments.
        init(number: Int64, segments: [Int64], before: FilterGroup?) {
            (self.number, self.segments) = (number, segments)
            words = [UInt64](
                repeating: 0,
                count: DedupHash.buckets * segments.count * DedupBloomFilters.wordsPerBlock
            )
            for (slot, segment) in segments.enumerated() {
                guard let before, let old = before.segments.firstIndex(of: segment) else {
                    continue
                }
                for bucket in 0..<DedupHash.buckets {
                    let (source, target) = (before.block(bucket, old), block(bucket, slot))
                    for word in 0..<DedupBloomFilters.wordsPerBlock {
                        words[target + word] = before.words[source + word]
                    }
                }
            }
        }

        func block(_ bucket: Int, _ slot: Int) -> Int {
            (bucket * segments.count + slot) * DedupBloomFilters.wordsPerBlock
        }
    }

    private var groups: [FilterGroup] = []

    /// In ascending order.
    var segments: [Int64] { groups.flatMap(\.segments) }

    /// Forgets all other segments than some, which are in ascending order, and has an empty filter for those that are new.
    mutating func setSegments(_ segments: [Int64]) {
        let numbers = Set(segments.map { $0 / FilterGroup.segmentsMax }).sorted()
        groups = numbers.map { number in
            let own = segments.filter { $0 / FilterGroup.segmentsMax == number }
            let before = groups.first { $0.number == number }
            if let before, before.segments == own { return before }
            return FilterGroup(number: number, segments: own, before: before)
        }
    }

    /// Inserts an event id of a segment.
    mutating func insert(_ hash: DedupHash, segment: Int64) {
        guard let (group, slot) = place(segment) else {
            setSegments((segments + [segment]).sorted())
            return insert(hash, segment: segment)
        }
        let block = groups[group].block(hash.bucket, slot)
        let places = DedupBloomFilters.places(hash)
        for index in places.indices {
            groups[group].words[block + places[index].word] |= 1 << places[index].bit
        }
    }

    /// The segments into which it was inserted; and, seldom, one into which others were that have the same bits.
    func segments(thatMayHold hash: DedupHash) -> [Int64] {
        let places = DedupBloomFilters.places(hash)
        var found: [Int64] = []
        for group in groups.indices {
            for slot in groups[group].segments.indices {
                let block = groups[group].block(hash.bucket, slot)
                // All four are looked at, so that there is no branch for the processor to guess wrongly.
                var bits: UInt64 = 1
                for index in places.indices {
                    bits &= groups[group].words[block + places[index].word] >> places[index].bit
                }
                if bits == 1 { found.append(groups[group].segments[slot]) }
            }
        }
        return found
    }

    private func place(_ segment: Int64) -> (group: Int, slot: Int)? {
        guard
            let group = groups.lastIndex(where: { $0.number == segment / FilterGroup.segmentsMax }),
            let slot = groups[group].segments.lastIndex(of: segment)
        else { return nil }
        return (group, slot)
    }

    /// Where an event's bits are in a block: ten bits for each of the four, from the highest down; the golden ratio
    /// carries each bit of the rest upwards.
    @inline(__always)
    private static func places(_ hash: DedupHash) -> [4 of (word: Int, bit: UInt64)] {
        let bits = hash.rest &* 0x9E37_79B9_7F4A_7C15
        return [4 of (word: Int, bit: UInt64)] { index in
            let ten = bits >> UInt64(54 - 10 * index) & 1_023
            return (Int(ten >> 6), ten & 63)
        }
    }

    // MARK: - On disk

    /// The table.
    static let table = "dedup_filters"
    /// In how many parts a segment's filter is kept: each is a row, none of which takes much memory to read.
    static let parts = 16
    private static let bucketsPerPart = DedupHash.buckets / parts
    private static let bytesPerPart = bucketsPerPart * wordsPerBlock * 8

    private static func buckets(ofPart part: Int) -> Range<Int> {
        part * bucketsPerPart..<(part + 1) * bucketsPerPart
    }

    /// The bits of some of a segment's buckets, lowest first; none where there is no such segment.
    func bytes(ofSegment segment: Int64, part: Int) -> [UInt8] {
        guard let (group, slot) = place(segment) else { return [] }
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

    /// Takes over what was kept of one of the segments; returns whether there are as many bytes as there must be.
    mutating func restore(segment: Int64, part: Int, from bytes: [UInt8]) -> Bool {
        guard let (group, slot) = place(segment), (0..<DedupBloomFilters.parts).contains(part),
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
