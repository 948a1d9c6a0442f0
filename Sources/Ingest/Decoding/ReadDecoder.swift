import Core

/// Turns every accepted shape of a read into ``Read``s, valid by construction (WIRE, “Names and
/// values”).
///
/// Only the camera and the plate can refuse a read; other parts that are wrong are left out, and its warnings say so.
struct ReadDecoder: Sendable {
    /// What a body turned out to be.
    enum Decoded {
        case read(Read)
        case detection(Detection)
        /// A camera that says that it read no plate (``NoPlate``): a detection without reads.
        case noPlate(Detection)
    }

    /// A picture that came as bytes beside the JSON.
    struct Attachment {
        let field: String
        let bytes: [UInt8]
    }

    let limits: Limits
    /// Reads the times that cameras write.
    var clock = CameraTime.utc
    /// Whether a wrong optional part refuses the read.
    var isStrict = false

    /// Decodes one JSON object: `lpr_data`, `detection_result`, the older edge's `lpr_detection`, or an
    /// envelope `{"event", "data"}` around one of them.
    ///
    /// A refusal says whose read it was, if that can be told.
    func decode(_ json: JSON, receivedAt now: Timestamp) throws(Refusal) -> Decoded {
        let fields = try Fields(json)
        if let data = fields["data"], case .object = data {
            if fields["table"] == .string("lpr_detection") {
                return try olderEdge(Fields(data), now)
            }
            if fields["event"] != nil, fields["plate_number"] == nil {
                return try decode(data, receivedAt: now)
            }
        }
        if fields["type"] == .string("detection_result") {
            return .detection(try detection(fields, now))
        }
        return try read(fields, now)
    }

    /// What a read must have.
    static let required: Set = ["camera_id", "plate_number"]

    /// Decodes `lpr_data`; a picture that came beside the JSON counts before `image_data`.
    ///
    /// `earlier` is what was wrong with parts that could not become fields.
    func read(
        _ fields: Fields,
        _ now: Timestamp,
        attachment: Attachment? = nil,
        _ earlier: Warnings? = nil
    ) throws(Refusal) -> Decoded {
        let cameraID = try fields.requiredIdentifier("camera_id")
        do throws(Refusal) {
            return try read(of: cameraID, fields, now, attachment, earlier)
        } catch {
            throw error.of(known(cameraID))
        }
    }

    /// A camera's name that may stand in the log and be looked for; nil if it is none.
    func known(_ cameraID: String) -> String? { try? Read.cameraID(cameraID, limits: limits) }

    private func read(
        of cameraID: String,
        _ fields: Fields,
        _ now: Timestamp,
        _ attachment: Attachment?,
        _ earlier: Warnings?
    ) throws(Refusal) -> Decoded {
        let text = try fields.plateText("plate_number")
        guard !NoPlate.isSaid(by: text) else { return try noPlate(cameraID, fields, now) }
        let plate = try Plate(text, limits: limits)
        var warnings = earlier ?? noWarnings
        var picture: Picture?
        if let attachment {
            picture = try self.picture(attachment.field, &warnings) { () throws(Refusal) in
                try Picture(attachment.bytes, field: attachment.field, limits: limits)
            }
        }
        if picture == nil { picture = try self.picture(fields, "image_data", &warnings) }
        return try read(
            cameraID,
            plate,
            picture,
            location(fields, "location_lat", "location_lon", &warnings),
            fields,
            now,
            &warnings
        )
    }

    /// `{"table":"lpr_detection","data":{…}}`: coordinates arrive as text.
    private func olderEdge(_ fields: Fields, _ now: Timestamp) throws(Refusal) -> Decoded {
        var camera = try fields.identifier("hostname")
        if camera == nil { camera = try fields.identifier("checkpoint_id") }
        guard let camera else {
            throw .invalid("hostname", "is required (or checkpoint_id)", code: "required")
        }
        do throws(Refusal) {
            return try olderEdge(of: camera, fields, now)
        } catch {
            throw error.of(known(camera))
        }
    }

    private func olderEdge(
        of camera: String,
        _ fields: Fields,
        _ now: Timestamp
    ) throws(Refusal) -> Decoded {
        let text = try fields.plateText("license_plate")
        guard !NoPlate.isSaid(by: text) else { return try noPlate(camera, fields, now) }
        let plate = try Plate(text, field: "license_plate", limits: limits)
        var warnings = noWarnings
        return try read(
            camera,
            plate,
            picture(fields, "image", &warnings),
            location(fields, "latitude", "longitude", &warnings),
            fields,
            now,
            &warnings
        )
    }

    /// A read with the parts that have the same names in each shape.
    private func read(
        _ cameraID: String,
        _ plate: Plate,
        _ picture: Picture?,
        _ location: Location,
        _ fields: Fields,
        _ now: Timestamp,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Decoded {
        let confidence = try confidence(fields, &warnings)
        let cameraTime = try time(fields, &warnings)
        let eventID = try eventID(fields, &warnings)
        let details = try details(fields, &warnings)
        return .read(
            try Read(
                cameraID: cameraID,
                plate: plate,
                confidence: confidence,
                picture: picture,
                location: location,
                cameraTime: cameraTime,
                receivedAt: now,
                eventID: eventID,
                details: details,
                warnings: warnings.list,
                limits: limits
            )
        )
    }

    /// What is kept of a read without a plate: that its camera is alive, and saw something.
    private func noPlate(
        _ cameraID: String,
        _ fields: Fields,
        _ now: Timestamp
    ) throws(Refusal) -> Decoded {
        var warnings = noWarnings
        return .noPlate(
            try Detection(
                cameraID: cameraID,
                checkpointID: checkpoint(fields, &warnings),
                vehicles: 0,
                plates: 0,
                receivedAt: now,
                cameraTime: time(fields, &warnings),
                eventID: eventID(fields, &warnings),
                reads: [],
                warnings: warnings.list,
                limits: limits
            )
        )
    }
}

// MARK: - Optional parts

extension ReadDecoder {
    var noWarnings: Warnings { Warnings(isStrict: isStrict, limits: limits) }

    func confidence(_ fields: Fields, _ warnings: inout Warnings) throws(Refusal) -> Confidence? {
        try warnings.optional("confidence") { () throws(Refusal) in
            try fields.confidence("confidence")
        }
    }

    func time(_ fields: Fields, _ warnings: inout Warnings) throws(Refusal) -> Timestamp? {
        try warnings.optional("timestamp") { () throws(Refusal) in
            try fields.instant("timestamp", clock)
        }
    }

    func eventID(_ fields: Fields, _ warnings: inout Warnings) throws(Refusal) -> String? {
        try warnings.optional("event_id") { () throws(Refusal) in
            try Read.eventID(fields.identifier("event_id"), limits: limits)
        }
    }

    func picture(
        _ fields: Fields,
        _ name: String,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Picture? {
        try picture(name, &warnings) { () throws(Refusal) in
            try fields.picture(name, limits: limits)
        }
    }

    /// A picture; one whose end is missing is kept as it came.
    func picture(
        _ name: String,
        _ warnings: inout Warnings,
        _ decode: () throws(Refusal) -> Picture?
    ) throws(Refusal) -> Picture? {
        let picture = try warnings.optional(name, decode)
        if let damage = picture?.damage {
            try warnings.note(.invalid(name, damage, code: Warning.damaged), name)
        }
        return picture
    }

    /// A place without those of its parts that are wrong.
    func location(
        _ fields: Fields,
        _ latitude: String,
        _ longitude: String,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Location {
        let text = try warnings.optional("location") { () throws(Refusal) in
            try Location.text(fields.text("location"), limits: limits)
        }
        let north = try warnings.optional(latitude) { () throws(Refusal) in
            try Location.latitude(fields.number(latitude), field: latitude)
        }
        let east = try warnings.optional(longitude) { () throws(Refusal) in
            try Location.longitude(fields.number(longitude), field: longitude)
        }
        return try Location(text: text, latitude: north, longitude: east, limits: limits)
    }

    /// Fields beyond the contract that are worth keeping; all others are ignored.
    private static let kept = [
        "image_path", "vehicle_type", "vehicle_color", "vehicle_make", "vehicle_model",
        "checkpoint_id", "hostname", "direction", "lane", "speed", "region", "processing_time_ms",
    ]
    private static let keptNames = Set(kept)

    private func details(
        _ fields: Fields,
        _ warnings: inout Warnings
    ) throws(Refusal) -> [JSON.Member] {
        var members: [JSON.Member] = []
        // Most reads have none of them, and each one asked for is a search.
        guard fields.hasField(ReadDecoder.keptNames.contains) else { return members }
        for name in ReadDecoder.kept {
            switch fields[name] {
            case .string(let text)?:
                let kept = try warnings.optional(name) { () throws(Refusal) in
                    try FieldText.optional(text, field: name, max: 255)
                }
                if let kept { members.append(JSON.Member(name, .string(kept))) }
            case .number(let number)?:
                if number.isFinite { members.append(JSON.Member(name, .number(number))) }
            case .integer(let number)?: members.append(JSON.Member(name, .integer(number)))
            case .bool(let truth)?: members.append(JSON.Member(name, .bool(truth)))
            case nil, .null?, .array?, .object?: continue
            }
        }
        return try warnings.optional("details") { () throws(Refusal) in
            try Read.details(members, limits: limits)
        } ?? []
    }
}
