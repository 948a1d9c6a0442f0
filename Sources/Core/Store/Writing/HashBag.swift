/// A multiset of 64-bit hashes in memory: 11 to 22 bytes per hash while it grows, at most 32 after removals.
///
/// It consists of 256 hash tables with linear probing, each of which grows separately: with a million hashes an
/// insertion moves at most some thousands of them.
struct HashBag: Sendable {
    private var tables = [Table](repeating: Table(), count: 256)
    /// The number of hashes, including duplicates.
    private(set) var count = 0

    /// Whether it contains a hash.
    func contains(_ hash: UInt64) -> Bool {
        count > 0 && tables[Int(hash >> 56)].slot(of: Table.key(hash)) != nil
    }

    /// Adds one occurrence of a hash.
    mutating func insert(_ hash: UInt64) {
        tables[Int(hash >> 56)].insert(Table.key(hash))
        count += 1
    }

    /// Removes one occurrence of a hash; false if there is none.
    @discardableResult
    mutating func remove(_ hash: UInt64) -> Bool {
        guard tables[Int(hash >> 56)].remove(Table.key(hash)) else { return false }
        count -= 1
        return true
    }

    /// Bytes of the tables.
    var byteCount: Int { tables.reduce(0) { $0 + $1.slots.count * 8 } }

    /// All hashes, sorted.
    var sorted: [UInt64] { tables.flatMap(\.keys).sorted() }

    private struct Table {
        /// A power of two of them, or none; 0: empty.
        var slots: [UInt64] = []
        var used = 0

        static func key(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

        var keys: [UInt64] { slots.filter { $0 != 0 } }

        private func home(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (slots.count - 1) }

        func slot(of key: UInt64) -> Int? {
            guard used > 0 else { return nil }
            var slot = home(key)
            while slots[slot] != 0 {
                if slots[slot] == key { return slot }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }

        mutating func insert(_ key: UInt64) {
            if (used + 1) * 4 > slots.count * 3 { resize(to: max(8, slots.count * 2)) }
            place(key)
            used += 1
        }

        private mutating func place(_ key: UInt64) {
            var slot = home(key)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = key
        }

        mutating func remove(_ key: UInt64) -> Bool {
            guard var hole = slot(of: key) else { return false }
            // Keys that were displaced past it move up, so that every key is reachable from its home slot without a
            // gap.
            var next = (hole + 1) & (slots.count - 1)
            while slots[next] != 0 {
                let distance = (next - home(slots[next])) & (slots.count - 1)
                if distance >= (next - hole) & (slots.count - 1) {
                    slots[hole] = slots[next]
                    hole = next
                }
                next = (next + 1) & (slots.count - 1)
            }
            slots[hole] = 0
            used -= 1
            if slots.count > 8, used * 4 < slots.count { resize(to: slots.count / 2) }
            return true
        }

        private mutating func resize(to size: Int) {
            let old = keys
            slots = [UInt64](repeating: 0, count: size)
            for key in old { place(key) }
        }
    }
}
