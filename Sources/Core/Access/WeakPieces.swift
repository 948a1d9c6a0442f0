/// Counts the pieces that a guessing program needs for a password.
///
/// A piece is a common word (also with digits and symbols for letters, `p@ssw0rd`), a part of the person's name, a run
/// along a keyboard or an alphabet, a year, a repeated character, or any single character. A repetition of what stands
/// before it is free. So `Password12345` has two pieces, and a dozen random characters have a dozen.
enum WeakPieces {
    private typealias Text = [Unicode.Scalar]

    /// The least number of pieces that make up a password, with or without what stands between its words.
    static func count(in password: String, name: String) -> Int {
        let text = Text(PasswordHash.normalized(password).lowercased().unicodeScalars)
        let words = Self.words + ofName(name)
        let plain = text.filter(isLetterOrDigit)
        return min(count(in: text, words), plain.isEmpty ? 1 : count(in: plain, words))
    }

    private static func count(in text: Text, _ words: [Text]) -> Int {
        // `least[end]` is the number of pieces of the text before `end`.
        var least = Array(repeating: Int.max, count: text.count + 1)
        least[0] = 0
        for start in text.indices {
            func take(_ length: Int, cost: Int = 1) {
                least[start + length] = min(least[start + length], least[start] + cost)
            }
            take(1)
            for length in lengthsOfWords(words, in: text, at: start) { take(length) }
            for length in lengthsOfRuns(in: text, at: start) { take(length) }
            for length in lengthsOfRepetitions(in: text, at: start) { take(length, cost: 0) }
        }
        return least[text.count]
    }

    private static func lengthsOfWords(_ words: [Text], in text: Text, at start: Int) -> [Int] {
        words.filter { word in
            start + word.count <= text.count
                && word.indices.allSatisfy { stands(text[start + $0], for: word[$0]) }
        }.map(\.count)
    }

    /// Whether a typed character is a letter, or one of those that are typed for it.
    private static func stands(_ typed: Unicode.Scalar, for letter: Unicode.Scalar) -> Bool {
        typed == letter || substitutes[letter]?.contains(typed) == true
    }

    private static let substitutes: [Unicode.Scalar: Text] = [
        "a": ["4", "@"], "b": ["8"], "e": ["3"], "g": ["9", "6"], "i": ["1", "!"], "l": ["1"],
        "o": ["0"], "s": ["5", "$"], "t": ["7", "+"], "z": ["2"],
    ]

    /// Runs of three or more neighbours, two or more equal characters, and years; each also cut short.
    private static func lengthsOfRuns(in text: Text, at start: Int) -> [Int] {
        var lengths: [Int] = []
        for row in rows {
            guard let place = row.firstIndex(of: text[start]) else { continue }
            for step in [1, -1] {
                var length = 1
                while start + length < text.count, row.indices.contains(place + step * length),
                    row[place + step * length] == text[start + length]
                {
                    length += 1
                    if length >= 3 { lengths.append(length) }
                }
            }
        }
        var equal = 1
        while start + equal < text.count, text[start + equal] == text[start] {
            equal += 1
            lengths.append(equal)
        }
        if start + 4 <= text.count, isYear(text[start..<start + 4]) { lengths.append(4) }
        return lengths
    }

    /// Years of the Gregorian and the Thai calendar that people have something to do with.
    private static func isYear(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard text.allSatisfy({ ("0"..."9").contains($0) }),
            let year = Int(String(String.UnicodeScalarView(text)))
        else { return false }
        return (1_940...2_049).contains(year) || (2_480...2_599).contains(year)
    }

    /// Characters of a repetition that is looked for: bounds the work for a long password.
    private static let repetitionMax = 64

    /// Lengths, from two, of the text at `start` that also stands directly before it.
    private static func lengthsOfRepetitions(in text: Text, at start: Int) -> [Int] {
        let longest = min(repetitionMax, start, text.count - start)
        guard longest >= 2 else { return [] }
        return (2...longest).filter { text[start - $0..<start] == text[start..<start + $0] }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation, .spaceSeparator,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            false
        default: true
        }
    }

    /// The parts of a name of three letters and more, and all of them together.
    private static func ofName(_ name: String) -> [Text] {
        let name = Text(PasswordHash.normalized(name).lowercased().unicodeScalars)
        let parts = name.split { !isLetterOrDigit($0) }.map(Text.init)
        return (parts + [parts.flatMap(\.self)]).filter { $0.count >= 3 }
    }

    private static let words = CommonPasswords.words.split { $0 == " " || $0 == "\n" }.map {
        Text(PasswordHash.normalized(String($0)).unicodeScalars)
    }

    /// The alphabet, digits, and the rows and columns of the English and the Thai keyboard.
    private static let rows: [Text] = [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
        "!@#$%^&*()_+", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgbyhnujmikolp", "qawsedrftgyhujikolp",
        "147258369", "159357", "ๅ/-ภถุึคตจขช", "พะัีรนยบล", "ฟหกดเ้่าสวง", "ผปแอิืทมใฝ",
        "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ", "๐๑๒๓๔๕๖๗๘๙๐",
    ].map { Text($0.unicodeScalars) }
}
