import Core

extension MessageFormat {
    /// The older edge's `{"table":"lpr_detection","data":{…}}`, with coordinates as strings.
    static let olderEdge = MessageFormat(
        name: "lpr_detection (table, data)",
        recognises: { message in
            guard case .object? = message.fields["data"] else { return false }
            return message.fields["table"] == .string("lpr_detection")
        },
        decode: { (message, decoder) throws(Refusal) in
            let fields = try Fields(message.fields["data"] ?? .null)
            var camera = try fields.identifier("hostname")
            if camera == nil { camera = try fields.identifier("checkpoint_id") }
            guard let camera else {
                throw .invalid("hostname", "is required (or checkpoint_id)", code: "required")
            }
            return try Refusal.naming(decoder.known(camera)) { () throws(Refusal) in
                try decode(fields, of: camera, message.receivedAt, decoder)
            }
        }
    )

    private static func decode(
        _ fields: Fields,
        of camera: String,
        _ now: Timestamp,
        _ decoder: ReadDecoder
    ) throws(Refusal) -> Decoded {
        let text = try fields.plateText("license_plate")
        guard !NoPlate.isSaid(by: text) else { return try decoder.noPlate(camera, fields, now) }
        let plate = try Plate(text, field: "license_plate", limits: decoder.limits)
        var warnings = decoder.noWarnings
        return try decoder.read(
            camera,
            plate,
            decoder.picture(fields, "image", &warnings).map { [ReadPicture($0)] } ?? [],
            decoder.location(fields, "latitude", "longitude", &warnings),
            fields,
            now,
            &warnings
        )
    }
}
