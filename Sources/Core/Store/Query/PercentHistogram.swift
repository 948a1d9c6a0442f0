/// A histogram of a day's confidences in whole percent, 0–100.
///
/// Column format: the first non-zero percent, then each count (LEB128) up to the last non-zero one. About 60 bytes
/// per day; empty if no record has a confidence.
struct PercentHistogram {
    private(set) var counts = [UInt32](repeating: 0, count: 101)

    /// Decodes a column.
    init(_ bytes: some RandomAccessCollection<UInt8>) {
        guard let first = bytes.first else { return }
        var percent = Int(first)
        var shift: UInt32 = 0
        for byte in bytes.dropFirst() where percent <= 100 && shift < 32 {
            counts[percent] |= UInt32(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { (percent, shift) = (percent + 1, 0) }
        }
    }

    /// Adds reads, and subtracts those with ``removal``.
    mutating func add(_ changes: some RandomAccessCollection<UInt8>) {
        for change in changes {
            let percent = min(Int(change & ~PercentHistogram.removal), 100)
            if change & PercentHistogram.removal == 0 {
                counts[percent] += 1
            } else if counts[percent] > 0 {
                counts[percent] -= 1
            }
        }
    }

    /// The number of records with at least this percent.
    func count(from percent: Int) -> Int {
        guard percent <= 100 else { return 0 }
        return counts[max(0, percent)...].reduce(0) { $0 + Int($1) }
    }

    /// Encodes the column.
    var bytes: [UInt8] {
        guard let first = counts.firstIndex(where: { $0 > 0 }),
            let last = counts.lastIndex(where: { $0 > 0 })
        else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * (last - first) + 4)
        bytes.append(UInt8(first))
        for var count in counts[first...last] {
            while count >= 0x80 {
                bytes.append(UInt8(count & 0x7F) | 0x80)
                count >>= 7
            }
            bytes.append(UInt8(count))
        }
        return bytes
    }

    /// Marks a change that subtracts a read.
    static let removal: UInt8 = 0x80
}
