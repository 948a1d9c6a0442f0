extension Camera: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("camera_id", id)
            writer.field("checkpoint_id", checkpointID)
            writer.field("status", isConnected ? "connected" : "disconnected")
            writer.field("first_seen", firstHeardAt)
            writer.field("last_seen", lastHeardAt)
            writer.field("last_read", lastReadAt)
            writer.field("records", reads)
            writer.field("blacklisted", hits)
            writer.field("health", healthStatus)
            writer.field("clock_offset_ms", clockOffsetMilliseconds)
            writer.field("clock_measured_at", clockMeasuredAt)
            writer.field("location", location.text)
            writer.field("location_lat", location.latitude)
            writer.field("location_lon", location.longitude)
            writer.field("refused_today", refusedToday)
            writer.field("last_refusal", lastRefusal)
        }
    }
}

extension CameraRefusal: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("code", code)
            writer.field("field", field)
            writer.field("message", message)
            writer.field("at", at)
            writer.field("count", count)
        }
    }
}
