import GRDB
import GRDBSQLite

/// A plate filter, ready to be held against many packed numbers (``PlatePages``).
///
/// SAFETY: the bytes that it looks through belong to SQLite or to an array for as long as a call lasts; every
/// number in them is followed by a byte 0, which is what `sqlite3_strglob` reads up to.
@safe struct PlateMatcher {
    private enum Number {
        case range(from: String, to: String)
        case contains([UInt8])
        /// A pattern for `sqlite3_strglob`, with its ending 0.
        case glob([CChar])
        case fuzzy(PlateDistance.Folded, tolerance: Int)
    }

    private let number: Number
    /// The code of the province that a plate must have; nil = any.
    private let province: Int?
    /// Plates of these provinces are meant whatever their number is.
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
            number = .contains(Array(text.utf8))
            // What was typed may be part of the province's name.
            if province == nil { others = PlateMatcher.provinces(withNamesLike: normalized) }
        case .wildcard:
            // `*` and `?` are wildcards; GLOB's brackets are not.
            number = .glob(Array(text.replacing("[", with: "[[]").utf8CString))
        case .fuzzy:
            number = .fuzzy(
                PlateDistance.Folded(text),
                tolerance: PlateDistance.tolerance(for: text)
            )
        }
        provincesAnyNumber = others
    }

    private static func provinces(withNamesLike text: String) -> ProvinceSet {
        var provinces = ProvinceSet()
        for (index, name) in Province.names.enumerated()
        where PlateText.normalized(name).contains(text) {
            provinces.insert(UInt8(index + 1))
        }
        return provinces
    }

    /// Where the index of numbers leads to the plates: the first and the last number that can be meant.
    var range: (from: String, to: String)? {
        guard case .range(let from, let to) = number else { return nil }
        return (from, to)
    }

    /// Whether plates of a province (0 = none) can be meant.
    func isOfProvince(_ code: UInt8) -> Bool { province.map { $0 == Int(code) } ?? true }

    /// Appends the ids of the plates in a page that are meant; the first entry's is `firstID`.
    func look(
        through page: UnsafeRawBufferPointer,
        firstID: Int64,
        into ids: inout [Int64]
    ) {
        switch number {
        case .range: return
        case .contains(let part):
            unsafe part.withUnsafeBytes { part in
                unsafe each(page, firstID, &ids) { unsafe PlateMatcher.contains($0, part) }
            }
        case .glob(let pattern):
            unsafe pattern.withUnsafeBufferPointer { pattern in
                unsafe each(page, firstID, &ids) { number in
                    guard let text = number.baseAddress else { return false }
                    let number = unsafe text.assumingMemoryBound(to: CChar.self)
                    return unsafe sqlite3_strglob(pattern.baseAddress, number) == 0
                }
            }
        case .fuzzy(let pattern, let tolerance):
            var plate = PlateDistance.Folded("")
            var row: [Int] = []
            unsafe each(page, firstID, &ids) { number in
                unsafe plate.read(number)
                return PlateDistance.isLike(plate, pattern, tolerance: tolerance, row: &row)
            }
        }
    }

    /// Goes through the entries of a page.
    @inline(__always) private func each(
        _ page: UnsafeRawBufferPointer,
        _ firstID: Int64,
        _ ids: inout [Int64],
        _ isMeant: (UnsafeRawBufferPointer) -> Bool
    ) {
        var id = firstID
        var start = 0
        while start < page.count {
            let province = unsafe page[start] &- PlatePages.noProvince
            var end = start + 1
            while end < page.count, unsafe page[end] != 0 { end += 1 }
            // An empty number is that of a plate which is gone.
            if end > start + 1 {
                let number = unsafe UnsafeRawBufferPointer(rebasing: page[start + 1..<end])
                let isOfNumber = unsafe isOfProvince(province) && isMeant(number)
                if isOfNumber || provincesAnyNumber[province] { ids.append(id) }
            }
            id += 1
            start = end + 1
        }
    }

    private static func contains(
        _ bytes: UnsafeRawBufferPointer,
        _ part: UnsafeRawBufferPointer
    ) -> Bool {
        guard let first = unsafe part.first else { return true }
        var start = 0
        while start + part.count <= bytes.count {
            if unsafe bytes[start] == first {
                var matched = 1
                while matched < part.count, unsafe bytes[start + matched] == part[matched] {
                    matched += 1
                }
                if matched == part.count { return true }
            }
            start += 1
        }
        return false
    }
}

/// Provinces by their codes, 0–127: a look into it takes no time worth speaking of.
struct ProvinceSet {
    private var bits: (low: UInt64, high: UInt64) = (0, 0)

    /// Adds a province.
    mutating func insert(_ code: UInt8) {
        if code < 64 { bits.low |= 1 << UInt64(code) } else { bits.high |= 1 << UInt64(code & 63) }
    }

    /// Whether it holds a province.
    subscript(code: UInt8) -> Bool {
        (code < 64 ? bits.low : bits.high) >> UInt64(code & 63) & 1 == 1
    }
}
