/// A packed array of counts: the records of each plate of a page, or of each camera of a plate.
///
/// Four bytes each, little-endian.
///
/// SAFETY: bytes are read within their bounds while the caller keeps them alive.
struct PlateCounts {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The count at an index; 0 beyond the end.
    subscript(index: Int) -> Int {
        unsafe bytes.withUnsafeBytes { unsafe Self.count(at: index, in: $0) }
    }

    /// The count at an index of some bytes; 0 beyond their end.
    static func count(at index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        let start = index * 4
        guard start + 4 <= bytes.count else { return 0 }
        let count = unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
        return Int(UInt32(littleEndian: count))
    }

    /// The sum of all counts.
    var sum: Int { (0..<bytes.count / 4).reduce(0) { $0 + self[$1] } }

    /// Adds to a count, which never falls below 0.
    mutating func add(_ change: Int, at index: Int) {
        let start = index * 4
        if bytes.count < start + 4 {
            bytes += [UInt8](repeating: 0, count: start + 4 - bytes.count)
        }
        let count = UInt32(clamping: self[index] + change)
        for byte in 0..<4 { bytes[start + byte] = UInt8(truncatingIfNeeded: count >> (8 * byte)) }
    }
}
