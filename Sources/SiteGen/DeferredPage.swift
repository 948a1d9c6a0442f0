import Core

/// A page that is made but for the rows of its table: whoever writes it prints them, which is most of the work
/// and needs nothing but what stands here.
struct DeferredPage: Sendable {
    private let head: [UInt8]
    private let rows: RowList?
    private let tail: [UInt8]

    /// Stands in a page in the place of rows; whatever a template does with them is seen on it.
    ///
    /// No text that cameras or people send holds such characters.
    static let mark = Array("\u{1}<aB&\"rows' กx>\u{2}".utf8)
    /// Bytes that a record takes while it waits, more or less.
    private static let recordBytes = 256

    /// A page that is finished.
    init(_ bytes: [UInt8]) { (head, rows, tail) = (bytes, nil, []) }

    /// A page with ``mark`` where its rows belong; nil where it does not hold the mark exactly once.
    init?(_ page: [UInt8], rows: RowList) {
        guard let place = DeferredPage.place(in: page[...]) else { return nil }
        let rest = page[place.upperBound...]
        guard DeferredPage.place(in: rest) == nil else { return nil }
        (head, self.rows, tail) = (Array(page[..<place.lowerBound]), rows, Array(rest))
    }

    private static func place(in page: ArraySlice<UInt8>) -> Range<Int>? {
        var rest = page
        while let begin = rest.firstIndex(of: mark[0]) {
            if rest[begin...].starts(with: mark) { return begin..<(begin + mark.count) }
            rest = rest[(begin + 1)...]
        }
        return nil
    }

    /// How much it holds before its rows are printed.
    var byteCount: Int {
        head.count + tail.count + (rows?.records.count ?? 0) * DeferredPage.recordBytes
    }

    /// The page as it is written.
    func bytes() -> [UInt8] {
        guard let rows else { return head }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.count + rows.records.count * RowWriter.rowBytes + tail.count)
        bytes += head
        rows.append(to: &bytes)
        bytes += tail
        return bytes
    }
}

/// Records with all that is needed to print them as rows.
struct RowList: Sendable {
    let records: [RecordRow]
    let template: RowTemplate
    let calendar: SiteCalendar
    /// The way from the page to the site's root.
    let root: [UInt8]

    /// Appends the rows.
    func append(to bytes: inout [UInt8]) {
        let writer = RowWriter(template: template, format: Formatter(calendar: calendar))
        for record in records { writer.write(record, root: root, to: &bytes) }
    }
}
