/// Random texts that people copy from a screen or from paper.
enum ReadableCode {
    /// Letters and digits that are not mistaken for each other: no `0`, `1`, `i`, `l`, `o`.
    static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")

    /// Groups of four characters with hyphens between them; each character has 4.95 bits.
    static func make(groups: Int) -> String {
        var random = SystemRandomNumberGenerator()
        let groups = (0..<groups).map { _ in
            String((0..<4).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] })
        }
        return groups.joined(separator: "-")
    }
}
