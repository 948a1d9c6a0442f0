/// Say of most event ids that no record of a run has them: a Bloom filter of a mebibyte for each run.
///
/// With a byte for each of a million records a filter errs for 2.4 % of the ids that are not there, which then are
/// looked for in vain; it never errs for one that is. What all filters say of one bucket lies side by side, so that
/// all are asked for the price of few.
///
/// Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970; all bits of an id lie in
/// one block of 128 bytes (F. Putze et al., "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
struct EventFilters {
    private static let wordsPerBlock = 16

    /// In ascending order.
    private(set) var runs: [Int64] = []
    /// A block of each run for the first bucket, a block of each run for the second one, and so on.
    private var words: [UInt64] = []

    /// Forgets all other runs than some, and has an empty filter for those that are new; in ascending order.
    mutating func setRuns(_ new: [Int64]) {
        guard new != runs else { return }
        var moved = [UInt64](
            repeating: 0,
            count: EventHash.buckets * new.count * EventFilters.wordsPerBlock
        )
        for (slot, run) in new.enumerated() {
            guard let before = runs.firstIndex(of: run) else { continue }
            for bucket in 0..<EventHash.buckets {
                let source = (bucket * runs.count + before) * EventFilters.wordsPerBlock
                let target = (bucket * new.count + slot) * EventFilters.wordsPerBlock
                for word in 0..<EventFilters.wordsPerBlock {
                    moved[target + word] = words[source + word]
                }
            }
        }
        (runs, words) = (new, moved)
    }

    /// Inserts an event id of one of the runs.
    mutating func insert(_ hash: EventHash, run: Int64) {
        guard let slot = runs.lastIndex(of: run) else { return setAndInsert(hash, run: run) }
        let block = block(hash.bucket, slot: slot)
        let places = EventFilters.places(hash)
        for index in places.indices { words[block + places[index].word] |= 1 << places[index].bit }
    }

    private mutating func setAndInsert(_ hash: EventHash, run: Int64) {
        setRuns((runs + [run]).sorted())
        insert(hash, run: run)
    }

    /// The runs into which it was inserted; and, seldom, one into which others were that have the same bits.
    func runs(thatMayHold hash: EventHash) -> [Int64] {
        let places = EventFilters.places(hash)
        var found: [Int64] = []
        for slot in runs.indices {
            let block = block(hash.bucket, slot: slot)
            // All four are looked at: nothing is to be guessed that could be guessed wrongly.
            var bits: UInt64 = 1
            for index in places.indices {
                bits &= words[block + places[index].word] >> places[index].bit
            }
            if bits == 1 { found.append(runs[slot]) }
        }
        return found
    }

    private func block(_ bucket: Int, slot: Int) -> Int {
        (bucket * runs.count + slot) * EventFilters.wordsPerBlock
    }

    /// Where an event's bits are in a block: ten bits for each of the four, from the highest down; the golden ratio
    /// carries each bit of the rest upwards.
    @inline(__always)
    private static func places(_ hash: EventHash) -> [4 of (word: Int, bit: UInt64)] {
        let bits = hash.rest &* 0x9E37_79B9_7F4A_7C15
        return [4 of (word: Int, bit: UInt64)] { index in
            let ten = bits >> UInt64(54 - 10 * index) & 1_023
            return (Int(ten >> 6), ten & 63)
        }
    }

    // MARK: - On disk

    /// In how many parts a run's filter is kept: each is a row, none of which takes much memory to read.
    static let parts = 16
    private static let bucketsPerPart = EventHash.buckets / parts

    /// The bits of some of a run's buckets, lowest first.
    func bytes(ofRun run: Int64, part: Int) -> [UInt8] {
        guard let slot = runs.firstIndex(of: run) else { return [] }
        var bytes: [UInt8] = []
        let buckets = part * EventFilters.bucketsPerPart..<(part + 1) * EventFilters.bucketsPerPart
        for bucket in buckets {
            let start = block(bucket, slot: slot)
            for word in words[start..<start + EventFilters.wordsPerBlock] {
                for shift in stride(from: 0, to: 64, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
                }
            }
        }
        return bytes
    }

    /// Takes over what was kept of one of the runs; returns whether there are as many bytes as there must be.
    mutating func restore(run: Int64, part: Int, from bytes: [UInt8]) -> Bool {
        let bytesPerBlock = EventFilters.wordsPerBlock * 8
        guard let slot = runs.firstIndex(of: run), (0..<EventFilters.parts).contains(part),
            bytes.count == EventFilters.bucketsPerPart * bytesPerBlock
        else { return false }
        for (place, byte) in bytes.enumerated() {
            let (bucket, offset) = place.quotientAndRemainder(dividingBy: bytesPerBlock)
            let block = block(part * EventFilters.bucketsPerPart + bucket, slot: slot)
            words[block + offset / 8] |= UInt64(byte) << UInt64(offset % 8 * 8)
        }
        return true
    }
}
