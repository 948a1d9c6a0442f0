/// A read that is kept.
public struct Record: Sendable, Equatable {
    /// Grows with each record and is never used again.
    public let id: Int64
    /// The camera's name.
    public let cameraID: String
    /// The plate as this read spelt it.
    public let plate: Plate
    /// How sure the camera was, where it said so.
    public let confidence: Confidence?
    /// What the record is ordered and filed by: when the plate was seen, never in the future of its
    /// receipt.
    public let seenAt: Timestamp
    /// When the read reached this server.
    public let receivedAt: Timestamp
    /// The camera's own time, if it could not be true: too far ahead, or from before what is kept.
    public let claimedTime: Timestamp?
    /// The picture's path below the picture folder (`2026/11/23/….jpg`), where there is one.
    public let picturePath: String?
    /// Where the camera stood.
    public let location: Location
    /// How the plate matched the blacklist at the time of the read; nil where it did not.
    public let match: BlacklistMatch?
    /// The matched entry's reason at that time.
    public let matchReason: String?
    /// The matched entry's plate, as it was listed.
    public let listedPlate: String?
    /// The camera's own id of the read.
    public let eventID: String?
    /// Whatever else was said, as a JSON object.
    public let details: String?
    /// What was wrong with the read's optional parts, as a JSON array; nil if nothing was.
    public let warnings: String?
}

/// How sure it is that a read is of a listed plate.
public enum BlacklistMatch: String, Sendable {
    /// Number and, where the entry names one, province are the same.
    case certain
    /// The number is the same; the entry names a province and the read does not.
    case possible
}

extension Record {
    /// A read that took longer than this to arrive is late, in ms: what it tells is not happening now.
    public static let delayOfLateMilliseconds: Int64 = 5 * 60_000
}

extension Record: JSONWritable {
    /// Where a picture is served, relative to the site's root.
    public static func picturePath(_ path: String) -> String { "images/\(path)" }

    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("camera_id", cameraID)
            writer.field("plate_number", plate.text)
            writer.field("confidence", confidence?.sent)
            writer.field("timestamp", seenAt)
            writer.field("image_path", picturePath.map(Record.picturePath))
            writer.field("location", location.text)
            writer.field("location_lat", location.latitude)
            writer.field("location_lon", location.longitude)
            writer.field("is_blacklisted", match != nil)
            writer.field("blacklist_reason", matchReason)
            writer.field("created_at", receivedAt)
            writer.field(
                "confidence_percent",
                confidence.map { ($0.percent * 100).rounded() / 100 }
            )
            writer.field("plate_key", plate.number)
            writer.field("province", plate.province?.name)
            writer.field("blacklist_match", match?.rawValue)
            writer.field("blacklist_plate", listedPlate)
            writer.field("camera_timestamp", claimedTime)
            writer.field("clock_ahead", claimedTime.map { $0 > seenAt } ?? false)
            writer.field("clock_behind", claimedTime.map { $0 < seenAt } ?? false)
            writer.field("event_id", eventID)
            writer.key("details")
            if let details { writer.raw(details) } else { writer.null() }
            if let warnings {
                writer.key("warnings")
                writer.raw(warnings)
            }
        }
    }
}
