import GRDB

/// The packed numbers of plates against the plates, page by page and byte by byte.
struct PlateNumbersCheck {
    private let run: CheckRun
    private let plates: RawStatement
    private let pages: RawStatement
    private var isAtPlate: Bool
    private var isAtPage: Bool

    private static let platesPerPage = Int64(PackedPlateTable.platesPerPage)

    init(_ run: CheckRun) throws {
        self.run = run
        plates = try RawStatement(
            run.db,
            "SELECT id, number, province FROM plates WHERE id > 0 AND id <= ? ORDER BY id"
        )
        pages = try RawStatement(run.db, "SELECT page, numbers FROM plate_numbers ORDER BY page")
        try plates.bind(run.marks.countedPlate)
        try pages.bind()
        isAtPlate = try plates.next()
        isAtPage = try pages.next()
    }

    mutating func compare() throws {
        let counted = run.marks.countedPlate
        var page: Int64 = 0
        while isAtPage || isAtPlate || page * Self.platesPerPage < counted {
            let expected = try expected(page, counted: counted)
            let kept = try kept(page)
            if kept ?? [] != expected { run.findings.add(.plateNumbers, "page \(page)") }
            page += 1
            guard kept == nil else { continue }
            // A mark that is too far, or a page's number, must not make this endless.
            let next = [
                isAtPage ? pages.integer(0) : nil,
                isAtPlate ? PackedPlateTable.place(of: plates.integer(0)).page : nil,
            ].compactMap { $0 }.min()
            guard let next else { break }
            page = max(page, next)
        }
        plates.rewind()
        pages.rewind()
    }

    private mutating func expected(_ page: Int64, counted: Int64) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let first = page * Self.platesPerPage + 1
        guard first <= counted else { return [] }
        for id in first...min(counted, first + Self.platesPerPage - 1) {
            guard isAtPlate, plates.integer(0) == id else {
                bytes += [PackedPlateTable.noProvince, 0]
                continue
            }
            let province = plates.integer(2)
            // A number that is no province's is not what the page says, whatever that is.
            if (0..<Int64(UInt8.max)).contains(province) {
                bytes += PackedPlateTable.entry(
                    number: plates.text(1) ?? "",
                    province: Int(province)
                )
            }
            isAtPlate = try plates.next()
        }
        return bytes
    }

    private mutating func kept(_ page: Int64) throws -> [UInt8]? {
        while isAtPage, pages.integer(0) < page {
            run.findings.add(.plateNumbers, "page \(pages.integer(0))")
            isAtPage = try pages.next()
        }
        guard isAtPage, pages.integer(0) == page else { return nil }
        let bytes = pages.bytes(1)
        isAtPage = try pages.next()
        return bytes
    }
}
