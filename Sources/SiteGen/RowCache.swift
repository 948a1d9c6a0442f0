/// The rows that were rendered last, by their records' ids.
///
/// A busy camera's page shows fifty reads of which most were on it a moment ago. Rows lie one after the other in two
/// large blocks: a thousand allocations a second that live for minutes between others that do not would keep several
/// times their own size of memory from the system.
struct RowCache: Sendable {
    /// Bytes of rows after which a new block is begun: 8 MiB in all.
    private static let blockBytes = 4 * 1_024 * 1_024

    private var young = Block()
    /// Rows that no page has shown since the young block was begun are evicted with the next one.
    private var old = Block()

    private struct Block {
        var bytes: [UInt8] = []
        var rows: [Int64: Range<Int>] = [:]
    }

    /// Appends a record's row to a page from which `root` leads to the site's root; false if it is not cached.
    mutating func append(_ id: Int64, root: [UInt8], to page: inout [UInt8]) -> Bool {
        if let row = young.rows[id] {
            RenderedRow.append(young.bytes[row], root: root, to: &page)
            return true
        }
        guard let row = old.rows[id] else { return false }
        RenderedRow.append(old.bytes[row], root: root, to: &page)
        keep(RenderedRow(bytes: Array(old.bytes[row])), of: id)
        return true
    }

    /// Evicts a record's row: it looks otherwise now.
    mutating func evict(_ id: Int64) {
        young.rows[id] = nil
        old.rows[id] = nil
    }

    /// Caches a record's row.
    mutating func keep(_ row: RenderedRow, of id: Int64) {
        if young.bytes.count + row.bytes.count > RowCache.blockBytes, !young.rows.isEmpty {
            (old, young) = (young, Block())
            // At once: a block that grows is copied, and leaves holes of each of its sizes behind.
            young.bytes.reserveCapacity(RowCache.blockBytes)
        }
        let start = young.bytes.count
        young.bytes.append(contentsOf: row.bytes)
        young.rows[id] = start..<young.bytes.count
    }
}

/// A row of HTML for pages at any depth: the way to the site's root is inserted for each page.
struct RenderedRow: Sendable {
    /// The row, with ``rootMark`` where the way to the root belongs.
    let bytes: [UInt8]

    /// A byte that UTF-8 never contains (RFC 3629 §1).
    static let rootMark: UInt8 = 0xff

    /// Appends it to a page from which `root` leads to the site's root.
    func append(root: [UInt8], to page: inout [UInt8]) {
        RenderedRow.append(bytes[...], root: root, to: &page)
    }

    fileprivate static func append(
        _ bytes: ArraySlice<UInt8>,
        root: [UInt8],
        to page: inout [UInt8]
    ) {
        var rest = bytes
        while let mark = rest.firstIndex(of: rootMark) {
            page.append(contentsOf: rest[..<mark])
            page.append(contentsOf: root)
            rest = rest[(mark + 1)...]
        }
        page.append(contentsOf: rest)
    }
}
