import Core
import Mustache

/// A record as a line of a table; the one place where rows are made print-ready.
struct RecordRow: MustacheParent {
    let record: Record
    let print: Print
    let root: String

    func child(named name: String) -> Any? {
        switch name {
        case "id": "\(record.id)"
        case "plate": record.plate.text
        case "camera": record.cameraID
        case "time": print.dateTime(record.seenAt)
        case "time_utc": record.seenAt.rfc3339
        case "confidence": print.confidence(record.confidence)
        case "location": record.location.text ?? ""
        case "is_hit": record.match != nil
        case "is_possible": record.match == .possible
        case "reason": record.matchReason ?? ""
        case "clock_ahead": record.claimedTime != nil
        case "has_picture": record.picturePath != nil
        case "picture": record.picturePath.map { root + Record.picturePath($0) } ?? ""
        default: nil
        }
    }
}
