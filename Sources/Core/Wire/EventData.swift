/// The JSON, with the wire's names, that the event log keeps of events that are more than the id of a record or an alert.
enum EventData {
    /// A camera as it is after a change, such as `connected`.
    static func camera(_ camera: Camera, change: String) -> String {
        object { writer in
            writer.field("change", change)
            writer.field("camera", camera)
        }
    }

    /// An entry of the blacklist that was `added` or `removed`, as it is afterwards.
    static func blacklist(_ entry: BlacklistEntry?, action: String) -> String {
        object { writer in
            writer.field("action", action)
            writer.field("entry", entry)
        }
    }

    /// Entries of the blacklist that were added together, and the expired ones that gave way to them; nil if none was added.
    static func imported(_ ids: [Int64], removed: [Int64]) -> String? {
        guard let first = ids.first, let last = ids.last else { return nil }
        return object { writer in
            writer.field("action", "imported")
            writer.field("count", ids.count)
            writer.field("first_id", first)
            writer.field("last_id", last)
            writer.key("removed_ids")
            writer.array(of: removed) { $0.value($1) }
        }
    }

    /// The entries whose validity ended in a span of time.
    static func expired(after: Timestamp, through: Timestamp) -> String {
        object { writer in
            writer.field("action", "expired")
            writer.field("after", after)
            writer.field("through", through)
        }
    }

    /// Records that were deleted, with the days on which they had been seen, their cameras' names and the ids of their
    /// plates: a follower cannot ask for them any more.
    static func deleted(_ ids: [Int64], days: [Day], cameras: [String], plates: [Int64]) -> String {
        object { writer in
            writer.field("reason", "records_deleted")
            writer.key("days")
            writer.array(of: days) { $0.value($1.description) }
            writer.key("record_ids")
            writer.array(of: ids) { $0.value($1) }
            writer.key("camera_ids")
            writer.array(of: cameras) { $0.value($1) }
            writer.key("plate_ids")
            writer.array(of: plates) { $0.value($1) }
        }
    }

    /// A kept read got a picture later, or its main one if `isMain`.
    static func pictureAdded(
        _ picture: KeptPicture,
        toRecord id: Int64,
        day: Day,
        camera: String,
        plate: Int64,
        isMain: Bool
    ) -> String {
        object { writer in
            writer.field("reason", pictureAdded)
            writer.key("days")
            writer.array(of: [day]) { $0.value($1.description) }
            writer.key("record_ids")
            writer.array(of: [id]) { $0.value($1) }
            writer.key("camera_ids")
            writer.array(of: [camera]) { $0.value($1) }
            writer.key("plate_ids")
            writer.array(of: [plate]) { $0.value($1) }
            writer.field("kind", picture.subject.rawValue)
            writer.field("image_path", Record.picturePath(picture.path))
            writer.field("is_main", isMain)
        }
    }

    /// The reason of ``pictureAdded(_:toRecord:day:camera:plate:isMain:)``.
    private static let pictureAdded = "picture_added"

    /// Whether an event's data says that a kept read got a picture later.
    static func isPictureAdded(_ data: JSON) -> Bool { data["reason"] == .string(pictureAdded) }

    /// The site's next day began.
    static func newDay(_ day: Day) -> String {
        object { writer in
            writer.field("reason", "new_day")
            writer.field("date", day.description)
        }
    }

    /// A generation of pages that shows all events up to one.
    static func site(through eventID: Int64, pages: Int) -> String {
        object { writer in
            writer.field("event_id", eventID)
            writer.field("pages", pages)
        }
    }

    /// WIRE's `blacklist_alert`: built on reading, from the current rows.
    static func alert(
        _ alert: Alert,
        of record: Record,
        entry: BlacklistEntry?,
        place: String?
    ) -> String {
        object(capacity: 1_024) { writer in
            writer.field("type", "blacklist_alert")
            writer.field("alert_id", alert.id)
            writer.field("match", alert.match.rawValue)
            writer.field("place", place)
            writer.field("lpr_record", record)
            writer.field("blacklist_entry", entry)
            writer.field("timestamp", alert.raisedAt)
        }
    }

    private static func object(
        capacity: Int = 256,
        _ body: (inout JSONWriter) -> Void
    ) -> String {
        var writer = JSONWriter(capacity: capacity)
        writer.object(body)
        return writer.text
    }
}
