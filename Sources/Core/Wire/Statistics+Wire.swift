extension Statistics: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("today_records", today.reads)
            writer.field("total_records", total.reads)
            writer.field("unique_cameras", cameras.count)
            writer.key("camera_statistics")
            writer.array(of: cameras) { writer, camera in
                writer.object { writer in
                    writer.field("camera_id", camera.id)
                    writer.field("count", camera.reads)
                }
            }
            writer.field("date", day.description)
            writer.field("connected_cameras", connectedCameras)
            writer.field("today_blacklisted", today.hits)
            writer.field("total_blacklisted", total.hits)
            writer.key("hours")
            writer.array(of: hours) { $0.value($1.reads) }
            writer.key("days")
            writer.array(of: days) { writer, day in
                writer.object { writer in
                    writer.field("date", day.day.description)
                    writer.field("records", day.count.reads)
                    writer.field("blacklisted", day.count.hits)
                }
            }
        }
    }
}
