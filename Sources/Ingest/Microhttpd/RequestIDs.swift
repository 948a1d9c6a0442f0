/// Generates the short ids of requests: 40 random bits, hard to guess from earlier ones, and unique within a log.
struct RequestIDs {
    private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    private var state = UInt64.random(in: .min ... .max)

    /// The next id: 8 characters of base32 (RFC 4648 §6), lower case.
    mutating func next() -> String {
        // SplitMix64: one addition and two multiplications instead of a system call each time.
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        // SAFETY: eight bytes are requested and exactly eight written.
        return unsafe String(unsafeUninitializedCapacity: 8) { id in
            for position in 0..<8 {
                unsafe id[position] = Self.digits[Int(bits & 31)]
                bits >>= 5
            }
            return 8
        }
    }
}
