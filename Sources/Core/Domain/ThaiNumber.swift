/// The number of a Thai plate: up to two digits, one to three consonants, one to four digits.
enum ThaiNumber {
    /// The number at the start of normalized text, if only Thai or Latin letters follow it; else nil.
    ///
    /// On a plate only the province follows the number: such letters are its misread remains.
    static func beforeLetters(_ normalized: String) -> String? {
        let scalars = normalized.unicodeScalars
        var end = scalars.startIndex
        guard take(0...2, of: scalars, from: &end, isDigit),
            take(1...3, of: scalars, from: &end, isConsonant),
            take(1...4, of: scalars, from: &end, isDigit),
            end < scalars.endIndex, scalars[end...].allSatisfy(isLetter)
        else { return nil }
        return String(scalars[..<end])
    }

    /// Advances over characters of a kind; false if there are too few or too many of them.
    private static func take(
        _ counts: ClosedRange<Int>,
        of scalars: String.UnicodeScalarView,
        from place: inout String.Index,
        _ isWanted: (Unicode.Scalar) -> Bool
    ) -> Bool {
        var count = 0
        while place < scalars.endIndex, isWanted(scalars[place]) {
            count += 1
            guard count <= counts.upperBound else { return false }
            place = scalars.index(after: place)
        }
        return count >= counts.lowerBound
    }

    /// 0 to 9, to which normalization maps Thai digits, too; false at the end of a text.
    static func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { (0x30...0x39).contains($0.value) } ?? false
    }

    static func isConsonant(_ scalar: Unicode.Scalar) -> Bool {
        (0x0E01...0x0E2E).contains(scalar.value)
    }

    /// Thai letters and marks, and upper-case Latin letters.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0xC0...0x24F, 0x0E01...0x0E3A, 0x0E40...0x0E4E: true
        default: false
        }
    }
}
