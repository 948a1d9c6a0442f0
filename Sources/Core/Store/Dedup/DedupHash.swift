import Crypto

/// The hash of a camera's event id in the ``DedupIndex``: 41 bits of their SHA-256.
///
/// The database's own salt precedes them, so that a client cannot choose colliding ids.
///
/// SAFETY: a digest has 32 bytes, of which eight are read; a number has eight, of which at most those are appended.
struct DedupHash: Hashable {
    /// Bits that select the bucket.
    static let bucketBits = 13
    /// Bits that are stored in the bucket.
    static let restBits = 28
    /// Buckets per segment.
    static let buckets = 1 << bucketBits

    let value: UInt64

    init(value: UInt64) { self.value = value }

    /// Hashes an event id in the form that a record stores.
    init(camera: Int64, _ eventID: PackedEventID, salt: [UInt8]) {
        let kept = eventID.packed ?? Array(eventID.text.utf8)
        self.init(camera: camera, isPacked: eventID.packed != nil, bytes: kept, salt: salt)
    }

    /// Hashes the bytes of a record's column, either text or packed.
    ///
    /// The message is the salt, the camera in eight bytes, little-endian, a byte 1 for packed ids or 0, and the
    /// bytes; the hash is the first bits of the digest.
    init(camera: Int64, isPacked: Bool, bytes: [UInt8], salt: [UInt8]) {
        var message = salt
        message.reserveCapacity(salt.count + 9 + bytes.count)
        message.append(UInt64(bitPattern: camera), bytes: 8)
        message.append(isPacked ? 1 : 0)
        message += bytes
        let first = unsafe SHA256.hash(data: message).withUnsafeBytes {
            unsafe UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self))
        }
        value = first >> UInt64(64 - DedupHash.bucketBits - DedupHash.restBits)
    }

    /// The bucket in its segment.
    var bucket: Int { Int(value >> UInt64(DedupHash.restBits)) }

    /// The bits that are stored in the bucket.
    var rest: UInt64 { value & (1 << UInt64(DedupHash.restBits) - 1) }
}

extension [UInt8] {
    /// Appends the low bytes of a number, little-endian.
    mutating func append(_ number: UInt64, bytes: Int) {
        unsafe Swift.withUnsafeBytes(of: number.littleEndian) {
            unsafe append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<bytes]))
        }
    }
}
