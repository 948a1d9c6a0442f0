import Core

/// A rendered page whose table rows are rendered later, by the writer thread.
///
/// The rows are most of the work, and need nothing but what is stored here.
struct DeferredPage: Sendable {
    private let head: [UInt8]
    private let rows: RowList?
    private let tail: [UInt8]

    /// The placeholder of the rows in a page, on which every change by a template would show.
    ///
    /// No text from cameras or users contains such characters.
    static let mark = Array("\u{1}<aB&\"rows' กx>\u{2}".utf8)
    /// Bytes that a record takes while it waits, more or less.
    private static let recordBytes = 256

    /// A complete page.
    init(_ bytes: [UInt8]) { (head, rows, tail) = (bytes, nil, []) }

    /// A page with ``mark`` in place of its rows; nil if it does not contain the mark exactly once.
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

    /// The approximate size before the rows are rendered.
    var byteCount: Int {
        head.count + tail.count + (rows?.records.count ?? 0) * DeferredPage.recordBytes
    }

    /// The complete page.
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

/// Records with everything needed to render them as rows.
struct RowList: Sendable {
    let records: [RecordRow]
    let template: RowTemplate
    let calendar: SiteCalendar
    /// The relative path from the page to the site's root.
    let root: [UInt8]

    /// Appends the rows.
    func append(to bytes: inout [UInt8]) {
        let writer = RowWriter(template: template, format: Formatter(calendar: calendar))
        for record in records { writer.write(record, root: root, to: &bytes) }
    }
}
