import Foundation
import GRDB

/// A camera's event id in the form that a record stores.
///
/// Most ids are hexadecimal numbers or UUIDs, which are stored as bytes, half as long as their text. SQLite
/// distinguishes bytes from text, so that the id is restored exactly.
struct PackedEventID: DatabaseValueConvertible {
    /// The id as the camera sent it.
    let text: String
    /// The packed bytes; nil if the id is stored as text.
    ///
    /// Each pair of lower-case hexadecimal digits is a byte. A UUID has 17 bytes, the first of which is 0, so ids of
    /// 34 digits are stored as text.
    let packed: [UInt8]?

    init(_ text: String) {
        self.text = text
        packed = PackedEventID.packed(text)
    }

    private static func packed(_ text: String) -> [UInt8]? {
        let digits = text.utf8.span
        let isUUID = digits.count == 36
        guard isUUID || (digits.count != 34 && !digits.isEmpty && digits.count % 2 == 0) else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2 + 1)
        if isUUID { bytes.append(0) }
        var high: UInt8?
        for place in digits.indices {
            let digit = digits[place]
            if isUUID, PackedEventID.isHyphen(at: place) {
                guard digit == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = PackedEventID.value(digit) else { return nil }
            if let first = high { bytes.append(first << 4 | value) }
            high = high == nil ? value : nil
        }
        return bytes
    }

    /// Unpacks an id.
    init(packed bytes: some Collection<UInt8>) {
        let isUUID = bytes.count == 17
        var digits: [UInt8] = []
        digits.reserveCapacity(36)
        for byte in isUUID ? bytes.dropFirst() : bytes[...] {
            digits.append(PackedEventID.digits[Int(byte >> 4)])
            digits.append(PackedEventID.digits[Int(byte & 15)])
        }
        if isUUID {
            for place in PackedEventID.hyphens { digits.insert(UInt8(ascii: "-"), at: place) }
        }
        text = String(decoding: digits, as: UTF8.self)
        packed = Array(bytes)
    }

    /// The value of the column.
    var databaseValue: DatabaseValue {
        packed.map { Data($0).databaseValue } ?? text.databaseValue
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> PackedEventID? {
        switch value.storage {
        case .string(let text): PackedEventID(text)
        case .blob(let bytes): PackedEventID(packed: bytes)
        default: nil
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
    /// The positions of a UUID's hyphens.
    private static let hyphens = [8, 13, 18, 23]

    private static func isHyphen(at place: Int) -> Bool {
        place == 8 || place == 13 || place == 18 || place == 23
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
