/// Compares two sets of rows without storing either, and finds near which ids they differ.
///
/// The hash of each row of one is added and of the other subtracted, in buckets of neighbouring ids: a bucket whose
/// sum is not 0 differs. Two different sets have the same sum once in 2⁶⁴.
struct RowSums {
    private static let bucketsMax: Int64 = 65_536

    private let width: Int64
    private var sums: [UInt64]
    private let seed = UInt64.random(in: .min ... .max)

    /// Sums of rows with ids up to one, more or less.
    init(lastID: Int64) {
        width = max(0, lastID) / Self.bucketsMax + 1
        sums = [UInt64](repeating: 0, count: Int(max(0, lastID) / width) + 1)
    }

    /// The bucket of an id; ids beyond the last one have that of the last.
    func bucket(of id: Int64) -> Int { Int(min(max(0, id) / width, Int64(sums.count - 1))) }

    mutating func add(_ row: IndexRow) { sums[bucket(of: row.id)] &+= hash(row) }
    mutating func subtract(_ row: IndexRow) { sums[bucket(of: row.id)] &-= hash(row) }

    /// The buckets that differ.
    var differing: [Int] { sums.indices.filter { sums[$0] != 0 } }

    private func hash(_ row: IndexRow) -> UInt64 {
        var hash = seed
        hash = mixed(hash, row.key)
        hash = mixed(hash, row.seen)
        hash = mixed(hash, row.id)
        hash = mixed(hash, row.other)
        hash = mixed(hash, row.percent)
        // The finalizer of SplitMix64.
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }

    private func mixed(_ hash: UInt64, _ number: Int64) -> UInt64 {
        let product = (hash ^ UInt64(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 29
    }
}

/// A record as an index by plate or by camera has it.
struct IndexRow: Hashable {
    /// The plate in the one, the camera in the other.
    let key: Int64
    let seen: Int64
    let id: Int64
    /// The camera in the one, the plate in the other.
    let other: Int64
    /// −1 for none.
    let percent: Int64
}
