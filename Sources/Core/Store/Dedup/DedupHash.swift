import Crypto

/// What stands for a camera's event id in the ``DedupIndex``: 41 bits of the SHA-256 of both.
///
/// A salt of the database's own goes before them, so that nobody can choose ids that fall together.
struct DedupHash: Hashable {
    /// How many of the bits choose a bucket; the others stand in it.
    static let bucketBits = 13
    /// How many of the bits stand in a bucket.
    static let restBits = 28
    /// How many buckets there are.
    static let buckets = 1 << bucketBits

    let value: UInt64

    init(value: UInt64) { self.value = value }

    /// Hashes an event id as a record keeps it.
    init(camera: Int64, _ eventID: PackedEventID, salt: [UInt8]) {
        let kept = eventID.packed ?? Array(eventID.text.utf8)
        self.init(camera: camera, isPacked: eventID.packed != nil, bytes: kept, salt: salt)
    }

    /// Hashes the bytes that stand in a record's column, which are those of a text or packed ones.
    ///
    /// The message is the salt, the camera in eight bytes, the lowest first, a byte 1 for packed ones or 0, and
    /// the bytes; the hash is its digest's first bits.
    init(camera: Int64, isPacked: Bool, bytes: [UInt8], salt: [UInt8]) {
        var message = salt
        message.reserveCapacity(salt.count + 9 + bytes.count)
        message.append(UInt64(bitPattern: camera), bytes: 8)
        message.append(isPacked ? 1 : 0)
        message += bytes
        var first: UInt64 = 0
        for byte in SHA256.hash(data: message).prefix(8) { first = first << 8 | UInt64(byte) }
        value = first >> UInt64(64 - DedupHash.bucketBits - DedupHash.restBits)
    }

    /// Which of a run's buckets holds it.
    var bucket: Int { Int(value >> UInt64(DedupHash.restBits)) }

    /// What is left of it inside a bucket.
    var rest: UInt64 { value & (1 << UInt64(DedupHash.restBits) - 1) }
}

extension [UInt8] {
    /// Appends some of a number's bytes, the lowest first.
    mutating func append(_ number: UInt64, bytes: Int) {
        for byte in 0..<bytes { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * byte))) }
    }
}
