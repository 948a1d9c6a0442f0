import Core

extension MessageFormat {
    /// A read as WIRE's `lpr_data` and as the body of `POST /api/records`.
    static let lprData = MessageFormat(
        name: "lpr_data (camera_id, plate_number)",
        recognises: { message in message.fields.hasField(LPRData.required.contains) },
        decode: { (message, decoder) throws(Refusal) in try LPRData.decode(message, decoder) }
    )
}

/// The fields of `lpr_data`.
enum LPRData {
    /// The required fields.
    static let required = ["camera_id", "plate_number"]

    fileprivate static func decode(
        _ message: Message,
        _ decoder: ReadDecoder
    ) throws(Refusal) -> Decoded {
        let camera = try message.fields.requiredIdentifier("camera_id")
        return try Refusal.naming(decoder.known(camera)) { () throws(Refusal) in
            try decode(message, of: camera, decoder)
        }
    }

    private static func decode(
        _ message: Message,
        of camera: String,
        _ decoder: ReadDecoder
    ) throws(Refusal) -> Decoded {
        let fields = message.fields
        let text = try fields.plateText("plate_number")
        guard !NoPlate.isSaid(by: text) else {
            return try decoder.noPlate(camera, fields, message.receivedAt)
        }
        let plate = try Plate(text, limits: decoder.limits)
        var warnings = message.warnings ?? decoder.noWarnings
        return try decoder.read(
            camera,
            plate,
            picture(message, decoder, &warnings),
            decoder.location(fields, "location_lat", "location_lon", &warnings),
            fields,
            message.receivedAt,
            &warnings
        )
    }

    /// A picture sent beside the JSON takes precedence over `image_data`, which a form may name `image`.
    private static func picture(
        _ message: Message,
        _ decoder: ReadDecoder,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Picture? {
        if let attachment = message.attachments.first {
            let picture = try decoder.picture(attachment.field, &warnings) { () throws(Refusal) in
                try Picture(attachment.bytes, field: attachment.field, limits: decoder.limits)
            }
            if let picture { return picture }
        }
        let picture = try decoder.picture(message.fields, "image_data", &warnings)
        guard picture == nil, message.attachments.isEmpty, message.head.media.kind == .form,
            message.fields["image_data"] == nil
        else { return picture }
        return try decoder.picture(message.fields, "image", &warnings)
    }
}
