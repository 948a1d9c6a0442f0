/// Finds a province, in any common spelling, at the end of normalized text.
enum ProvinceEnding {
    /// Splits the province off the end of normalized text, if a number precedes it.
    ///
    /// Words for “no province”, a country, a repeated province, and after a Thai number any letters that spell no
    /// province are removed, too. Two different provinces count as none. Splitting is idempotent.
    static func split(_ normalized: String) -> (number: String, province: Province?) {
        guard let last = normalized.unicodeScalars.last, !ThaiNumber.isDigit(last) else {
            return (normalized, nil)
        }
        return known(normalized, last: last)
            ?? (ThaiNumber.beforeLetters(normalized) ?? normalized, nil)
    }

    /// The number and the province if the text ends with one of the endings; else nil.
    private static func known(
        _ normalized: String,
        last: Unicode.Scalar
    ) -> (number: String, province: Province?)? {
        let scalars = normalized.unicodeScalars
        // Longest first; something must remain, since a plate is never only a province.
        for ending in byLast[last] ?? [] where scalars.count > ending.scalars.count {
            let start = scalars.index(scalars.endIndex, offsetBy: -ending.scalars.count)
            guard scalars[start...].elementsEqual(ending.scalars) else { continue }
            let rest = withoutPrefix(scalars[..<start])
            let fits = ending.fits(after: rest)
            guard fits || !ThaiNumber.isDigit(rest.last) else { continue }
            let before = split(String(rest))
            // Only after a number that ends with a digit can letters be something other than part of it.
            let isSplit = ThaiNumber.isDigit(before.number.unicodeScalars.last)
            switch (Province(code: ending.code), before.province) {
            case (nil, let province) where isSplit && (fits || province != nil):
                return (before.number, province)
            case (let province?, nil) where fits:
                return (isSplit ? before.number : String(rest), province)
            case (let province?, let other?) where isSplit:
                return (before.number, province == other ? province : nil)
            case (let province?, _?) where fits:
                return (String(rest), province)
            default: continue
            }
        }
        return nil
    }

    /// The province that normalized text spells, if it is nothing else.
    static func province(_ normalized: String) -> Province? {
        byLast[normalized.unicodeScalars.last ?? " "]?.first {
            $0.scalars.elementsEqual(normalized.unicodeScalars)
        }.flatMap { Province(code: $0.code) }
    }

    /// “จังหวัด”, “Changwat” and “จ.”, which precede a province's name.
    private static func withoutPrefix(
        _ text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView {
        for prefix in prefixes where text.count > prefix.count {
            let start = text.index(text.endIndex, offsetBy: -prefix.count)
            // Not a letter of the plate: a number ends with a digit.
            if text[start...].elementsEqual(prefix), ThaiNumber.isDigit(text[..<start].last) {
                return text[..<start]
            }
        }
        return text
    }

    private static let prefixes = ["จังหวัด", "Changwat", "จ"].map {
        Array(PlateText.normalized($0).unicodeScalars)
    }

    /// A text that can follow a number; the code is 0 if it means no province: Hikvision's “unknown”, pandas' “nan”,
    /// a country.
    private struct Ending {
        let scalars: [Unicode.Scalar]
        let code: Int
        /// Whether it is one of the 78 printed names.
        let isName: Bool
        /// Whether it means no province after a plate of any country, not of Thailand only.
        var isSaidOfAny = false

        /// Whether it can be an ending after the given text.
        ///
        /// Spellings other than names only follow a digit, and those of four letters (AB12 NAN) only a Thai number.
        func fits(after text: Substring.UnicodeScalarView) -> Bool {
            if isName { return true }
            guard ThaiNumber.isDigit(text.last) else { return false }
            return scalars[0].value >= 0x80 || (scalars.count > 4 && (code > 0 || isSaidOfAny))
                || text.contains(where: ThaiNumber.isConsonant)
        }
    }

    /// The endings by their last character, so that a plate is compared with a few of them only.
    private static let byLast: [Unicode.Scalar: [Ending]] = {
        var endings = (["ไม่ทราบ"] + Province.names).enumerated().map { code, name in
            Ending(
                scalars: Array(PlateText.normalized(name).unicodeScalars),
                code: code,
                isName: true
            )
        }
        for (spelling, code) in Province.spellings {
            endings.append(
                Ending(scalars: Array(spelling.unicodeScalars), code: code, isName: false)
            )
        }
        for word in NoPlate.words {
            endings.append(
                Ending(
                    scalars: Array(word.unicodeScalars),
                    code: 0,
                    isName: false,
                    isSaidOfAny: word == "UNKNOWN"
                )
            )
        }
        for word in ["Thailand", "ประเทศไทย", "ไทย", "City"] {
            let scalars = Array(PlateText.normalized(word).unicodeScalars)
            endings.append(Ending(scalars: scalars, code: 0, isName: false))
        }
        return Dictionary(
            grouping: endings.sorted { $0.scalars.count > $1.scalars.count },
            by: { $0.scalars.last ?? " " }
        )
    }()
}
