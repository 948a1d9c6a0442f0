extension BlacklistEntry: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("license_plate_text", plate.text)
            writer.field("reason", reason)
            writer.field("added_by", addedBy)
            writer.field("expiry_date", expiry?.text)
            writer.field("notes", notes)
            writer.field("is_active", isActive)
            writer.field("created_at", createdAt)
            writer.field("updated_at", updatedAt)
            writer.field("removed_by", removedBy)
            writer.field("province", plate.province?.name)
        }
    }
}
