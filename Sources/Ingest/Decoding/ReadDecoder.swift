import Core

/// Turns every accepted shape of a read into ``Read``s, valid by construction (WIRE, “Names and
/// values”).
struct ReadDecoder: Sendable {
    /// What a body turned out to be.
    enum Decoded {
        case read(Read)
        case detection(Detection)
    }

    let limits: Limits
    /// Reads the times that cameras write.
    var clock = CameraTime.utc

    /// Decodes one JSON object: `lpr_data`, `detection_result`, the older edge's `lpr_detection`, or an
    /// envelope `{"event", "data"}` around one of them.
    func decode(_ json: JSON, receivedAt now: Timestamp) throws(Refusal) -> Decoded {
        let fields = try Fields(json)
        if let data = fields["data"], case .object = data {
            if fields["table"] == .string("lpr_detection") {
                return .read(try olderEdge(Fields(data), now))
            }
            if fields["event"] != nil, fields["plate_number"] == nil {
                return try decode(data, receivedAt: now)
            }
        }
        if fields["type"] == .string("detection_result") {
            return .detection(try detection(fields, now))
        }
        return .read(try read(fields, now))
    }

    /// Decodes `lpr_data`; `picture` came beside the JSON and counts before `image_data`.
    func read(
        _ fields: Fields,
        _ now: Timestamp,
        picture: Picture? = nil
    ) throws(Refusal) -> Read {
        let cameraID = try fields.requiredText("camera_id")
        let picture =
            if let picture { picture } else {
                try fields.picture("image_data", limits: limits)
            }
        let plate = try Plate(fields.requiredText("plate_number"), limits: limits)
        return try Read(
            cameraID: cameraID,
            plate: plate,
            confidence: confidence(fields),
            picture: picture,
            location: location(fields, "location_lat", "location_lon"),
            cameraTime: fields.instant("timestamp", clock),
            receivedAt: now,
            eventID: fields.identifier("event_id"),
            details: details(fields),
            limits: limits
        )
    }

    /// `{"table":"lpr_detection","data":{…}}`: coordinates arrive as text.
    private func olderEdge(_ fields: Fields, _ now: Timestamp) throws(Refusal) -> Read {
        var camera = try fields.identifier("hostname")
        if camera == nil { camera = try fields.identifier("checkpoint_id") }
        guard let camera else { throw .invalid("hostname", "is required (or checkpoint_id)") }
        return try Read(
            cameraID: camera,
            plate: Plate(
                fields.requiredText("license_plate"),
                field: "license_plate",
                limits: limits
            ),
            confidence: confidence(fields),
            picture: fields.picture("image", limits: limits),
            location: location(fields, "latitude", "longitude"),
            cameraTime: fields.instant("timestamp", clock),
            receivedAt: now,
            eventID: fields.identifier("event_id"),
            details: details(fields),
            limits: limits
        )
    }

    private func confidence(_ fields: Fields) throws(Refusal) -> Confidence? {
        guard let number = try fields.number("confidence") else { return nil }
        return try Confidence(number)
    }

    private func location(
        _ fields: Fields,
        _ latitude: String,
        _ longitude: String
    ) throws(Refusal) -> Location {
        try Location(
            text: fields.text("location"),
            latitude: fields.number(latitude),
            longitude: fields.number(longitude),
            limits: limits
        )
    }

    /// Fields beyond the contract that are worth keeping; all others are ignored.
    private static let kept = [
        "image_path", "vehicle_type", "vehicle_color", "vehicle_make", "vehicle_model",
        "checkpoint_id", "hostname", "direction", "lane", "speed", "region", "processing_time_ms",
    ]
    private static let keptNames = Set(kept)

    private func details(_ fields: Fields) throws(Refusal) -> [JSON.Member] {
        var members: [JSON.Member] = []
        // Most reads have none of them, and each one asked for is a search.
        guard fields.hasField(ReadDecoder.keptNames.contains) else { return members }
        for name in ReadDecoder.kept {
            switch fields[name] {
            case .string(let text)?:
                let kept = try FieldText.optional(text, field: name, max: 255)
                if let kept { members.append(JSON.Member(name, .string(kept))) }
            case .number(let number)?: members.append(JSON.Member(name, .number(number)))
            case .large(let number)?: members.append(JSON.Member(name, .large(number)))
            case .bool(let truth)?: members.append(JSON.Member(name, .bool(truth)))
            case nil, .null?, .array?, .object?: continue
            }
        }
        return members
    }
}
