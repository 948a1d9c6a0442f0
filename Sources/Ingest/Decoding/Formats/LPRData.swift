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
            pictures(message, decoder, &warnings),
            decoder.location(fields, "location_lat", "location_lon", &warnings),
            fields,
            message.receivedAt,
            &warnings
        )
    }

    /// The main picture, and those whose fields say what they show.
    private static func pictures(
        _ message: Message,
        _ decoder: ReadDecoder,
        _ warnings: inout Warnings
    ) throws(Refusal) -> [ReadPicture] {
        var pictures: [ReadPicture] = []
        if let main = try main(message, decoder, &warnings) { pictures.append(ReadPicture(main)) }
        // Most reads have no others.
        guard
            message.fields.hasField({ subject(ofField: $0) != nil })
                || message.attachments.contains(where: { $0.subject != .image })
        else { return pictures }
        for (subject, name) in names {
            let attachment = message.attachments.first { $0.subject == subject }
            let picture =
                if let attachment {
                    try decoder.picture(attachment, &warnings)
                } else {
                    try decoder.picture(message.fields, name, &warnings)
                }
            if let picture { pictures.append(ReadPicture(picture, showing: subject)) }
        }
        return pictures
    }

    /// A picture sent beside the JSON takes precedence over `image_data`, which a form may name `image`.
    private static func main(
        _ message: Message,
        _ decoder: ReadDecoder,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Picture? {
        let attachment = message.attachments.first { $0.subject == .image }
        if let attachment, let picture = try decoder.picture(attachment, &warnings) {
            return picture
        }
        let picture = try decoder.picture(message.fields, "image_data", &warnings)
        guard picture == nil, attachment == nil, message.head.media.kind == .form,
            message.fields["image_data"] == nil
        else { return picture }
        return try decoder.picture(message.fields, "image", &warnings)
    }

    /// The fields of pictures of which it is known what they show; without `image_data` the first one that came is
    /// the main picture.
    private static let names: [(PictureSubject, String)] = [
        (.scene, "scene_image"), (.vehicle, "vehicle_image"), (.plate, "plate_image"),
    ]

    /// What a field's picture shows; nil if the field is no such one.
    static func subject(ofField name: String) -> PictureSubject? {
        // Asked for every field of every read.
        switch name.utf8.count {
        case 11 where name == "scene_image": .scene
        case 11 where name == "plate_image": .plate
        case 13 where name == "vehicle_image": .vehicle
        default: nil
        }
    }
}

extension ReadDecoder {
    /// A picture that came beside the JSON; one whose end is missing is kept as it came.
    fileprivate func picture(
        _ attachment: Attachment,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Picture? {
        try picture(attachment.field, &warnings) { () throws(Refusal) in
            try Picture(attachment.bytes, field: attachment.field, limits: limits)
        }
    }
}
