import Core

/// Turns what cameras send into ``Read``s, valid by construction (WIRE, “Names and values”), by the table of formats.
///
/// Only the camera and the plate can refuse a read; other parts that are wrong are left out, and its warnings say so.
struct ReadDecoder: Sendable {
    let limits: Limits
    /// Parses the cameras' times.
    var clock = CameraTime.utc
    /// Whether an invalid optional field refuses the read.
    var isStrict = false
    /// The supported formats.
    var formats: PayloadFormats = .all

    /// Decodes the body of a request.
    func decode(_ request: Request, receivedAt now: Timestamp) throws(Refusal) -> DecodedBody {
        guard !request.body.isEmpty else {
            throw Refusal(.invalid, "the body is empty; send a read as a JSON object")
        }
        let head = PayloadHead(request)
        let content: BodyContent =
            head.media.kind == .form
            ? .form(
                try Multipart.parts(
                    of: request.body,
                    contentType: request.headers["Content-Type"] ?? ""
                )
            )
            : .bytes(request.body)
        return try formats.format(of: content, head).decode(content, head, self, now)
    }

    /// Decodes one message, which must be a JSON object.
    ///
    /// A refusal names the camera, if it is known.
    func decode(
        _ json: JSON,
        _ head: PayloadHead = PayloadHead(),
        receivedAt now: Timestamp
    ) throws(Refusal) -> Decoded {
        let message = Message(head: head, fields: try Fields(json), receivedAt: now)
        return try formats.format(of: message).decode(message, self)
    }

    /// A valid camera name, for the log and the counters; nil if it is invalid.
    func known(_ cameraID: String) -> String? { try? Read.cameraID(cameraID, limits: limits) }
}

extension PayloadHead {
    /// The head of a request.
    init(_ request: Request) {
        path = request.path
        media = request.media
    }
}

// MARK: - What formats have in common

extension ReadDecoder {
    /// A read with the fields that all formats share.
    func read(
        _ cameraID: String,
        _ plate: Plate,
        _ pictures: [ReadPicture],
        _ location: Location,
        _ fields: Fields,
        _ now: Timestamp,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Decoded {
        let confidence = try confidence(fields, &warnings)
        let cameraTime = try time(fields, &warnings)
        let eventID = try eventID(fields, &warnings)
        var details = ReadDetails()
        try self.details(fields, &details, &warnings)
        return .read(
            try Read(
                cameraID: cameraID,
                plate: plate,
                confidence: confidence,
                pictures: pictures,
                location: location,
                cameraTime: cameraTime,
                receivedAt: now,
                eventID: eventID,
                details: details.members,
                warnings: warnings.list,
                limits: limits
            )
        )
    }

    /// A read without a plate: a heartbeat of its camera.
    func noPlate(
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

    /// A picture; a truncated one is stored as received.
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

    /// A location without its invalid parts.
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

    /// Additional fields that are stored.
    ///
    /// `details` may hold others; all others are ignored.
    private static let kept = [
        "image_path", "vehicle_type", "vehicle_color", "vehicle_make", "vehicle_model",
        "checkpoint_id", "hostname", "direction", "lane", "speed", "region", "processing_time_ms",
        "vehicle", "candidates", "plate_box", "vehicle_box", "country", "pass_id",
    ]
    private static let keptNames = Set(kept + ["details"])

    /// Adds what a message says beyond the contract; what breaks a limit is left out.
    func details(
        _ fields: Fields,
        _ details: inout ReadDetails,
        _ warnings: inout Warnings
    ) throws(Refusal) {
        // Most reads have none of them, and each lookup is a search.
        guard fields.hasField(ReadDecoder.keptNames.contains) else { return }
        for name in ReadDecoder.kept {
            guard let value = fields[name] else { continue }
            _ = try warnings.optional(name) { () throws(Refusal) -> Void? in
                var value = value
                if case .string(let text) = value {
                    guard let kept = try FieldText.optional(text, field: name, max: 255) else {
                        return nil
                    }
                    value = .string(kept)
                }
                try details.add(name, value, limits: limits)
                return nil
            }
        }
        let open = try warnings.optional("details") { () throws(Refusal) in
            try fields.object("details", limits: limits)
        }
        for member in Fields.members(of: open) where details[member.name] == nil {
            _ = try warnings.optional("details.\(member.name)") { () throws(Refusal) -> Void? in
                try details.add(member.name, member.value, limits: limits)
                return nil
            }
        }
    }
}
