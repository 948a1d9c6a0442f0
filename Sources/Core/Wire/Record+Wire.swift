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
            if pictures.count > 1 {
                writer.key("pictures")
                writer.array(of: pictures) { writer, picture in
                    writer.object { writer in
                        writer.field("kind", picture.subject.rawValue)
                        writer.field("image_path", Record.picturePath(picture.path))
                    }
                }
            }
        }
    }
}
