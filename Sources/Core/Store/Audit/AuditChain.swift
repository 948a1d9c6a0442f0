import Crypto
import Foundation
import GRDB

/// A place in the chain of the audit: an entry's id and its digest.
struct AuditMark: Equatable, Sendable {
    let id: Int64
    let digest: [UInt8]

    /// Before the first entry.
    static let none = AuditMark(id: 0, digest: Array(repeating: 0, count: AuditChain.digestBytes))

    /// How `meta` keeps it: the id, a blank, the digest in hexadecimal.
    var text: String { "\(id) \(hexadecimal)" }

    var hexadecimal: String { digest.hexadecimal }

    init(id: Int64, digest: [UInt8]) { (self.id, self.digest) = (id, digest) }

    /// Nil for anything but what ``text`` writes.
    init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = Int64(parts[0]), id >= 0,
            let digest = AuditChain.digest(hexadecimal: parts[1])
        else { return nil }
        self.init(id: id, digest: digest)
    }
}

/// The chain of the audit: each entry's digest is SHA-256 over the digest before it and the entry's columns.
///
/// Whatever is changed, removed or put between breaks it from there on, because no later digest fits; the newest one is
/// kept in `meta` as well, so that missing newest entries are noticed, too. It does not withstand a change of the
/// database that computes all later digests again: docs/SECURITY.md, “Audit”.
enum AuditChain {
    /// The columns that a digest covers, in their order; later ones are only appended, with a new encoding's number.
    static let columns = [
        "id", "at", "principal", "who", "role", "address", "action", "subject", "detail", "outcome",
        "code", "count", "purpose",
    ]
    static let digestBytes = 32

    /// The keys in `meta`: the newest entry, and the last one that retention removed.
    static let headKey = "audit_head"
    static let anchorKey = "audit_anchor"
    /// The value of ``headKey`` before entries had digests.
    static let unbegun = "unbegun"

    /// The digest of an entry by the values of its columns.
    ///
    /// Of each value a byte for its type, then: nothing for a null, 8 bytes for a number, for a text or blob its length
    /// in 8 bytes and its bytes; numbers are big-endian.
    static func digest(after previous: [UInt8], _ values: [DatabaseValue]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: previous)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        for value in values {
            switch value.storage {
            case .null: bytes.append(0)
            case .int64(let number):
                bytes.append(1)
                append(UInt64(bitPattern: number), to: &bytes)
            case .string(let text):
                bytes.append(2)
                append(UInt64(text.utf8.count), to: &bytes)
                bytes.append(contentsOf: text.utf8)
            case .blob(let data):
                bytes.append(3)
                append(UInt64(data.count), to: &bytes)
                bytes.append(contentsOf: data)
            case .double(let number):
                bytes.append(4)
                append(number.bitPattern, to: &bytes)
            }
        }
        hash.update(data: bytes)
        return Array(hash.finalize())
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    /// The digest of 64 hexadecimal digits; nil for anything else.
    static func digest(hexadecimal text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 2 * digestBytes else { return nil }
        var digest: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16), !pair.hasPrefix("+") else { return nil }
            digest.append(byte)
        }
        return digest
    }
}
