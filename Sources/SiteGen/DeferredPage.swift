import Core

/// A rendered page whose table rows are rendered later, by the writer thread.
///
/// The rows are most of the work, and need nothing but what is stored here.
struct DeferredPage: Sendable {
    private let head: [UInt8]
    private let rows: RowList?
    private let tail: [UInt8]

    /// The placeholder of the rows in a page.
    static let mark = Array(Placeholder.text(0).utf8)
    /// Bytes that a record takes while it waits, more or less.
    private static let recordBytes = 256

    /// A complete page.
    init(_ bytes: [UInt8]) { (head, rows, tail) = (bytes, nil, []) }

    /// A page with ``mark`` in place of its rows; nil if it does not contain the mark exactly once.
    init?(_ page: [UInt8], rows: RowList) {
        guard let pieces = PrecompiledTemplate(["rows"], rendered: page)?.pieces, pieces.count == 3,
            case (.text(let head), .value(_, false), .text(let tail)) = (
                pieces[0], pieces[1], pieces[2]
            )
        else { return nil }
        (self.head, self.rows, self.tail) = (head, rows, tail)
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
