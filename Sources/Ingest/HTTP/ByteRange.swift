/// The range that a `Range` header requests of a body of a known size (RFC 9110 §14).
enum ByteRange: Sendable, Equatable {
    /// The whole body: no range, several, or an unsupported one (all of which a server may ignore).
    case whole
    /// One part.
    case part(Range<Int>)
    /// A range outside the body: 416.
    case unsatisfiable

    /// Parses a `Range` header.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }
        guard ends.count == 2, ends.allSatisfy(Self.isNumberOrEmpty) else { return }
        switch (ends[0].isEmpty, ends[1].isEmpty) {
        case (true, true): return
        case (true, false): self = Self.suffix(Self.number(ends[1]), size)
        case (false, _): self = Self.from(ends[0], ends[1], size)
        }
    }

    private static func from(_ first: Substring, _ last: Substring, _ size: Int) -> ByteRange {
        let start = number(first)
        let end = last.isEmpty ? Int.max : number(last)
        guard start <= end else { return .whole }
        guard start < size else { return .unsatisfiable }
        return .part(start..<(min(end, size - 1) + 1))
    }

    private static func suffix(_ count: Int, _ size: Int) -> ByteRange {
        count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
    }

    private static func isNumberOrEmpty(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Digits as a number; a number out of range is as good as infinite.
    private static func number(_ digits: Substring) -> Int { Int(digits) ?? Int.max }
}
