import Seeded
import Testing

@testable import Core

@Suite struct DedupBloomFiltersTests {
    /// What was inserted is found in its segment, whichever other segments come and go and whether it was kept; of what was
    /// not, few are.
    @Test func nothingThatWasInsertedIsMissed() {
        var random = SeededGenerator(seed: 1)
        let full = 1 << 20
        let others = (0..<2_000).map { _ in hash(&random) }
        let here = (0..<full).map { _ in hash(&random) }
        var filters = DedupBloomFilters()
        for hash in here { filters.insert(hash, segment: 5) }
        for hash in others { filters.insert(hash, segment: 3) }
        filters.setSegments([1, 3, 5, 8, 20])
        for hash in others { filters.insert(hash, segment: 9) }
        filters.setSegments([3, 5, 9, 20])
        var restored = DedupBloomFilters()
        restored.setSegments([3, 5])
        for part in 0..<DedupBloomFilters.parts {
            for segment in restored.segments {
                let bytes = filters.bytes(ofSegment: segment, part: part)
                let isWhole = restored.restore(segment: segment, part: part, from: bytes)
                #expect(isWhole)
            }
        }
        for each in [filters, restored] {
            #expect(here.allSatisfy { each.segments(thatMayHold: $0).contains(5) })
            #expect(others.allSatisfy { each.segments(thatMayHold: $0).contains(3) })
            let wrong = (0..<20_000).count { _ in
                each.segments(thatMayHold: hash(&random)).contains(5)
            }
            #expect(wrong < 20_000 * 27 / 1_000, "it errs for \(wrong) of 20,000")
        }
        #expect(others.allSatisfy { filters.segments(thatMayHold: $0).contains(9) })
        // A segment that took another one's place holds nothing of it.
        filters.setSegments([3, 6, 9])
        #expect(filters.segments == [3, 6, 9])
        #expect(here.prefix(2_000).allSatisfy { !filters.segments(thatMayHold: $0).contains(6) })
        #expect(others.allSatisfy { filters.segments(thatMayHold: $0).contains(3) })
    }

    /// Rows that are not what was written are refused.
    @Test func brokenPartsAreRefused() {
        var filters = DedupBloomFilters()
        filters.setSegments([0])
        let bytes = filters.bytes(ofSegment: 0, part: 0)
        for (segment, part, bytes) in [
            (0, 0, Array(bytes.dropLast())), (0, DedupBloomFilters.parts, bytes), (1, 0, bytes),
        ] {
            let isWhole = filters.restore(segment: Int64(segment), part: part, from: bytes)
            #expect(!isWhole)
        }
    }

    private func hash(_ random: inout SeededGenerator) -> DedupHash {
        DedupHash(value: random.next() >> 23)
    }
}
