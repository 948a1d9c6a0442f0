/// The Levenshtein distance of two plates, in which letters that OCR confuses are equal.
enum PlateDistance {
    /// The maximum distance that counts as alike: a quarter of the length, at most two.
    static func tolerance(for number: String) -> Int { min(2, max(1, number.count / 4)) }

    /// A plate with each confusable letter replaced by the representative of its group.
    struct Canonical {
        private(set) var scalars: [UInt32] = []
        /// A bit for each letter that occurs (64 groups): a letter that the other plate lacks costs at least one
        /// edit.
        private(set) var letters: UInt64 = 0

        init(_ text: String) {
            for scalar in text.unicodeScalars { append(scalar.value) }
        }

        /// Decodes UTF-8 into the memory of the previous plate.
        mutating func read(_ bytes: some RandomAccessCollection<UInt8>) {
            scalars.removeAll(keepingCapacity: true)
            letters = 0
            var value: UInt32 = 0
            var isOpen = false
            for byte in bytes {
                // A continuation byte belongs to the scalar that its first byte began.
                if byte & 0xC0 == 0x80 {
                    value = value << 6 | UInt32(byte & 0x3F)
                    continue
                }
                if isOpen { append(value) }
                isOpen = true
                value = UInt32(byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1F : byte & 0x0F)
            }
            if isOpen { append(value) }
        }

        private mutating func append(_ scalar: UInt32) {
            let letter = PlateDistance.representative(of: scalar)
            scalars.append(letter)
            letters |= 1 << UInt64(letter & 63)
        }
    }

    /// Whether two plates differ by at most `tolerance`; `row` is scratch memory.
    static func isLike(_ left: Canonical, _ right: Canonical, tolerance: Int, row: inout [Int])
        -> Bool
    {
        guard abs(left.scalars.count - right.scalars.count) <= tolerance,
            (left.letters & ~right.letters).nonzeroBitCount <= tolerance,
            (right.letters & ~left.letters).nonzeroBitCount <= tolerance
        else { return false }
        return EditDistance.between(left.scalars, right.scalars, row: &row) <= tolerance
    }

    private static func representative(of scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0..<0x80: representatives[Int(scalar)]
        case 0x0E00..<0x0E80: representatives[Int(scalar - 0x0E00) + 0x80]
        default: scalar
        }
    }

    /// The representative of each ASCII and each Thai character.
    private static let representatives: [UInt32] = {
        var map = Array(0..<0x80 as Range<UInt32>) + Array(0x0E00..<0x0E80 as Range<UInt32>)
        for group in groups {
            let members = group.unicodeScalars.map(\.value)
            for member in members {
                map[Int(member < 0x80 ? member : member - 0x0E00 + 0x80)] = members[0]
            }
        }
        return map
    }()

    /// Common Latin confusions, and those of one Thai OCR project's map that do not chain into one large group
    /// (otherwise only the closest pairs).
    private static let groups = [
        "0ODQ", "1I", "2Z", "5S", "6G", "8B",
        "ผฝฟพ", "ขฃฆ", "บป", "ดต", "ชซ", "สศษ", "คฅ", "ถภ", "ทธ", "รลฤ", "นม", "ณฌ", "ฎฏ", "ฬฮ",
    ]
}
