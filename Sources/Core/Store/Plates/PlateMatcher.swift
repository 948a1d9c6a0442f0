import GRDB
import GRDBSQLite

/// A plate filter compiled for matching many packed numbers (``PackedNumbers``).
///
/// SAFETY: the bytes belong to an array for the duration of a call; every number in them is followed by a byte 0,
/// where `sqlite3_strglob` stops.
@safe struct PlateMatcher {
    private enum Number {
        case range(from: String, to: String)
        /// Nil: every number.
        case contains(ByteSearch?)
        /// A pattern for `sqlite3_strglob`, zero-terminated, and a literal that every match contains.
        case glob([CChar], ByteSearch?)
        case fuzzy(PlateDistance.Canonical, tolerance: Int)
    }

    private let number: Number
    /// The code of the required province; nil: any.
    private let province: Int?
    /// Plates of these provinces match whatever their number is.
    private let provincesAnyNumber: ProvinceSet

    init(_ filter: RecordQuery.PlateFilter) {
        let normalized = PlateText.normalized(filter.text)
        let (text, province) = PlateText.split(normalized)
        self.province = province?.code
        var others = ProvinceSet()
        switch filter.match {
        case .exact: number = .range(from: text, to: text)
        case .prefix: number = .range(from: text, to: text + "\u{10FFFF}")
        case .contains:
            number = .contains(ByteSearch(Array(text.utf8)))
            // The text may be part of a province's name.
            if province == nil { others = PlateMatcher.provinces(withNamesLike: normalized) }
        case .wildcard:
            // `*` and `?` are wildcards; GLOB's brackets are not.
            number = .glob(
                Array(text.replacing("[", with: "[[]").utf8CString),
                PlateMatcher.literal(of: text)
            )
        case .fuzzy:
            number = .fuzzy(
                PlateDistance.Canonical(text),
                tolerance: PlateDistance.tolerance(for: text)
            )
        }
        provincesAnyNumber = others
    }

    /// The longest literal of a pattern.
    private static func literal(of pattern: String) -> ByteSearch? {
        let literals = pattern.utf8.split { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        return literals.max { $0.count < $1.count }.flatMap { ByteSearch(Array($0)) }
    }

    static func provinces(withNamesLike text: String) -> ProvinceSet {
        var provinces = ProvinceSet()
        for (index, name) in Province.names.enumerated()
        where PlateText.normalized(name).contains(text) {
            provinces.insert(UInt8(index + 1))
        }
        if let spelt = Province(spelling: text) { provinces.insert(UInt8(spelt.code)) }
        return provinces
    }

    /// The range of numbers that can match, if the index can be used.
    var range: (from: String, to: String)? {
        guard case .range(let from, let to) = number else { return nil }
        return (from, to)
    }

    /// Whether plates of a province (0 = none) can match.
    func isOfProvince(_ code: UInt8) -> Bool { province.map { $0 == Int(code) } ?? true }

    /// Appends the ids of a page's matching plates.
    func look(through page: PackedNumbers.Page, into ids: inout [Int64]) {
        switch number {
        case .range: return
        case .contains(let search):
            guard let search else { return unsafe each(page, &ids) { _ in true } }
            unsafe candidates(page, search, &ids) { _ in true }
        case .glob(let pattern, let literal):
            guard let literal else {
                return unsafe each(page, &ids) { unsafe PlateMatcher.globs($0, pattern) }
            }
            unsafe candidates(page, literal, &ids) { unsafe PlateMatcher.globs($0, pattern) }
        case .fuzzy(let pattern, let tolerance):
            var plate = PlateDistance.Canonical("")
            var row: [Int] = []
            unsafe each(page, &ids) { number in
                unsafe plate.read(number)
                return PlateDistance.isLike(plate, pattern, tolerance: tolerance, row: &row)
            }
        }
    }

    private static func globs(_ number: UnsafeRawBufferPointer, _ pattern: [CChar]) -> Bool {
        guard let text = number.baseAddress else { return false }
        return unsafe sqlite3_strglob(pattern, text.assumingMemoryBound(to: CChar.self)) == 0
    }

    /// Visits the entries that contain some bytes.
    @inline(__always) private func candidates(
        _ page: PackedNumbers.Page,
        _ search: ByteSearch,
        _ ids: inout [Int64],
        _ isMeant: (UnsafeRawBufferPointer) -> Bool
    ) {
        // Plates that match by province must be tested entry by entry.
        guard provincesAnyNumber.isEmpty else {
            return unsafe each(page, &ids) { number in
                unsafe search.next(in: number, from: 0) != nil && isMeant(number)
            }
        }
        unsafe page.bytes.withUnsafeBytes { bytes in
            var (entry, start, end) = (-1, 0, 0)
            var place = 0
            while let found = unsafe search.next(in: bytes, from: place) {
                while end <= found {
                    entry += 1
                    // A damaged page may end without an end.
                    guard entry < page.count else { return }
                    start = end
                    end += Int(page.lengths[entry])
                }
                // A match may include the province's byte, which is not part of the number.
                place = found + 1
                guard found > start else { continue }
                place = end
                let number = unsafe UnsafeRawBufferPointer(rebasing: bytes[start + 1..<end - 1])
                let province = unsafe bytes[start] &- PackedPlateTable.noProvince
                if unsafe isOfProvince(province) && isMeant(number) {
                    ids.append(page.firstID + Int64(entry))
                }
            }
        }
    }

    /// Visits all entries of a page.
    @inline(__always) private func each(
        _ page: PackedNumbers.Page,
        _ ids: inout [Int64],
        _ isMeant: (UnsafeRawBufferPointer) -> Bool
    ) {
        unsafe page.bytes.withUnsafeBytes { bytes in
            var end = 0
            for entry in 0..<page.count {
                let start = end
                end += Int(page.lengths[entry])
                // A deleted plate has an empty number.
                guard end > start + 2 else { continue }
                let province = unsafe bytes[start] &- PackedPlateTable.noProvince
                let number = unsafe UnsafeRawBufferPointer(rebasing: bytes[start + 1..<end - 1])
                let isOfNumber = unsafe isOfProvince(province) && isMeant(number)
                if isOfNumber || provincesAnyNumber[province] {
                    ids.append(page.firstID + Int64(entry))
                }
            }
        }
    }
}

/// A set of provinces by code, 0–127, with a lookup of constant time.
struct ProvinceSet {
    private var bits: (low: UInt64, high: UInt64) = (0, 0)

    /// Adds a province.
    mutating func insert(_ code: UInt8) {
        if code < 64 { bits.low |= 1 << UInt64(code) } else { bits.high |= 1 << UInt64(code & 63) }
    }

    /// Whether it is empty.
    var isEmpty: Bool { bits.low == 0 && bits.high == 0 }

    /// The codes of its provinces.
    var codes: [UInt8] { (0..<128).filter { self[$0] } }

    /// Whether it contains a province.
    subscript(code: UInt8) -> Bool {
        (code < 64 ? bits.low : bits.high) >> UInt64(code & 63) & 1 == 1
    }
}
