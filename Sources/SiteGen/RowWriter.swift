import Core

/// Writes records as rows of a table; the one place where rows are made print-ready.
struct RowWriter {
    let template: RowTemplate
    let print: Print

    /// Rows of HTML; `root` is the way from the page to the site's root.
    func rows(_ records: [Record], root: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * 640)
        for record in records { write(record, root: root, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ record: Record, root: String, to bytes: inout [UInt8]) {
        for piece in template.pieces(for: conditions(of: record)) {
            switch piece {
            case .text(let text): bytes.append(contentsOf: text)
            case .value(let field, let isEscaped):
                write(field, of: record, root: root, isEscaped: isEscaped, to: &bytes)
            }
        }
    }

    private func conditions(of record: Record) -> RowTemplate.Conditions {
        var conditions: RowTemplate.Conditions = []
        if record.match != nil { conditions.insert(.hit) }
        if record.match == .possible { conditions.insert(.possible) }
        if record.claimedTime != nil { conditions.insert(.clockAhead) }
        if record.picturePath != nil { conditions.insert(.picture) }
        return conditions
    }

    private func write(
        _ field: RowTemplate.Field,
        of record: Record,
        root: String,
        isEscaped: Bool,
        to bytes: inout [UInt8]
    ) {
        let text: String
        switch field {
        case .time: return print.append(dateTime: record.seenAt, to: &bytes)
        case .timeUTC: return record.seenAt.append(to: &bytes)
        case .id: text = "\(record.id)"
        case .plate: text = record.plate.text
        case .camera: text = record.cameraID
        case .confidence: text = print.confidence(record.confidence)
        case .location: text = record.location.text ?? ""
        case .reason: text = record.matchReason ?? ""
        case .picture: text = record.picturePath.map { root + Record.picturePath($0) } ?? ""
        }
        if isEscaped {
            Markup.append(text, to: &bytes)
        } else {
            bytes.append(contentsOf: text.utf8)
        }
    }
}
