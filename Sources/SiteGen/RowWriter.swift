import Core

/// Renders records as table rows; the only place that formats rows.
struct RowWriter {
    let template: RowTemplate
    let format: Formatter

    /// The typical size of a row.
    static let rowBytes = 640

    /// Appends a row of HTML; `root` is the way from the page to the site's root.
    func write(_ record: RecordRow, root: [UInt8], to bytes: inout [UInt8]) {
        write(record, to: &bytes) { $0.append(contentsOf: root) }
    }

    /// A row for pages anywhere in the site.
    func row(_ record: RecordRow) -> RenderedRow {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(RowWriter.rowBytes)
        write(record, to: &bytes) { $0.append(RenderedRow.rootMark) }
        return RenderedRow(bytes: bytes)
    }

    /// `root` writes the path to the site's root; it never needs escaping.
    private func write(
        _ record: RecordRow,
        to bytes: inout [UInt8],
        root: (inout [UInt8]) -> Void
    ) {
        for piece in template.pieces(for: conditions(of: record)) {
            switch piece {
            case .text(let text): bytes.append(contentsOf: text)
            // In these there is never anything to escape.
            case .value(.time, _): format.append(dateTime: record.seenAt, to: &bytes)
            case .value(.timeUTC, _): record.seenAt.append(to: &bytes)
            case .value(.confidence, _): format.append(record.confidence, to: &bytes)
            case .value(.id, _): bytes.append(contentsOf: String(record.id).utf8)
            case .value(.plate, let isEscaped): append(record.plateText, isEscaped, to: &bytes)
            case .value(.camera, let isEscaped): append(record.cameraID, isEscaped, to: &bytes)
            case .value(.location, let isEscaped):
                if let text = record.locationText { append(text, isEscaped, to: &bytes) }
            case .value(.reason, let isEscaped):
                if let text = record.matchReason { append(text, isEscaped, to: &bytes) }
            case .value(.listed, let isEscaped):
                if let text = record.listedPlate { append(text, isEscaped, to: &bytes) }
            case .value(.picture, let isEscaped):
                guard let path = record.picturePath else { continue }
                root(&bytes)
                append(Record.picturePath(path), isEscaped, to: &bytes)
            }
        }
    }

    private func append(_ text: String, _ isEscaped: Bool, to bytes: inout [UInt8]) {
        if isEscaped {
            Markup.append(text, to: &bytes)
        } else {
            bytes.append(contentsOf: text.utf8)
        }
    }

    private func conditions(of record: RecordRow) -> RowTemplate.Conditions {
        var conditions: RowTemplate.Conditions = []
        if record.match != nil { conditions.insert(.hit) }
        if record.match == .possible { conditions.insert(.possible) }
        if record.isLate { conditions.insert(.late) }
        if record.isDamaged { conditions.insert(.damaged) }
        if let claimed = record.claimedTime {
            conditions.insert(claimed > record.seenAt ? .clockAhead : .clockBehind)
        }
        if record.picturePath != nil { conditions.insert(.picture) }
        return conditions
    }
}
