import Core

extension MessageFormat {
    /// The newer edge's body (`detection_result`, `POST /api/detection`).
    static let detectionResult = MessageFormat(
        name: "detection_result (type, camera_id, ocr_results)",
        recognises: { message in
            message.fields["type"] == .string("detection_result")
                || message.head.event == "detection_result"
                || message.head.path == "/api/detection"
        },
        decode: { (message, decoder) throws(Refusal) in
            let detection = try decoder.detection(message.fields, message.receivedAt)
            guard message.head.path != "/api/records" else {
                throw .invalid("type", "detection_result belongs to POST /api/detection")
                    .of(detection.cameraID)
            }
            return .detection(detection)
        }
    )
}

extension ReadDecoder {
    /// Decodes the newer edge's body: one read per OCR result.
    ///
    /// A result gets the cropped picture of its plate, and the first result the annotated picture, too. A result that is
    /// not a plate is left out.
    func detection(_ fields: Fields, _ now: Timestamp) throws(Refusal) -> Detection {
        let cameraID = try Read.cameraID(fields.cameraOfEdge(), limits: limits)
        return try Refusal.naming(cameraID) { () throws(Refusal) in
            try detection(of: cameraID, fields, now)
        }
    }

    private func detection(
        of cameraID: String,
        _ fields: Fields,
        _ now: Timestamp
    ) throws(Refusal) -> Detection {
        var warnings = noWarnings
        let results = try self.results(fields, &warnings)
        let checkpoint = try checkpoint(fields, &warnings)
        let eventID = try eventID(fields, &warnings)
        let cameraTime = try time(fields, &warnings)
        let location = try location(fields, "location_lat", "location_lon", &warnings)
        let processing = try warnings.optional("processing_time_ms") { () throws(Refusal) in
            try fields.number("processing_time_ms")
        }
        let pictures = try DetectionPictures(fields, of: results, self, &warnings)
        var details = ReadDetails()
        if let checkpoint {
            try details.add("checkpoint_id", .string(checkpoint), limits: limits)
        }
        if let processing {
            try details.add("processing_time_ms", .number(processing), limits: limits)
        }
        let shared = warnings
        var reads: [Read] = []
        for (index, result) in results.enumerated() {
            var own = shared
            guard let (plate, confidence) = try ocr(result, index, &own, &warnings) else {
                continue
            }
            let pictures = try pictures.pictures(at: index, isFirst: reads.isEmpty, &own)
            var details = details
            if case .object = result { try self.details(Fields(result), &details, &own) }
            reads.append(
                try Read(
                    cameraID: cameraID,
                    plate: plate,
                    confidence: confidence,
                    pictures: pictures,
                    location: location,
                    cameraTime: cameraTime,
                    receivedAt: now,
                    eventID: eventID,
                    part: index,
                    details: details.members,
                    warnings: own.list,
                    limits: limits
                )
            )
            warnings.add(own, after: shared)
        }
        return try Detection(
            cameraID: cameraID,
            checkpointID: checkpoint,
            vehicles: count(fields, "vehicles_count", &warnings) ?? 0,
            plates: count(fields, "plates_count", &warnings) ?? results.count,
            receivedAt: now,
            cameraTime: cameraTime,
            eventID: eventID,
            reads: reads,
            warnings: warnings.list,
            limits: limits
        )
    }

    /// The OCR results: an array or a single element, also as a string in JSON or Python syntax; if there are none,
    /// the plate of a body in the format `lpr_data`.
    private func results(
        _ fields: Fields,
        _ warnings: inout Warnings
    ) throws(Refusal) -> [JSON] {
        let name = "ocr_results"
        let results: [JSON]
        switch fields[name] {
        case nil:
            guard let text = fields["plate_number"] ?? fields["license_plate"] else { return [] }
            return [
                .object([
                    JSON.Member("text", text),
                    JSON.Member("confidence", fields["confidence"] ?? .null),
                ])
            ]
        case .array(let elements)?: results = elements
        case .string(let text)?:
            let trimmed = FieldText.trimming(text)
            if trimmed.first != "[", trimmed.first != "{" {
                return trimmed == "null" ? [] : [.string(text)]
            }
            if let texts = PythonList.texts(trimmed) {
                results = texts.map(JSON.string)
                break
            }
            let value = try warnings.optional(name) { () throws(Refusal) in
                try fields.inner(name, limits: limits)
            }
            guard let value else { return [] }
            if case .array(let elements) = value { results = elements } else { results = [value] }
        case let other?: results = [other]
        }
        guard results.count <= limits.batchReadsMax else {
            throw .invalid(
                name,
                "may hold at most \(limits.batchReadsMax) results",
                code: "too_many"
            )
        }
        return results
    }

    /// The checkpoint's name, if it is valid.
    func checkpoint(
        _ fields: Fields,
        _ warnings: inout Warnings
    ) throws(Refusal) -> String? {
        try warnings.optional("checkpoint_id") { () throws(Refusal) in
            try fields.checkpoint(limits: limits)
        }
    }

    private func count(
        _ fields: Fields,
        _ name: String,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Int? {
        try warnings.optional(name) { () throws(Refusal) in
            try Detection.count(fields.wholeNumber(name), field: name)
        }
    }

    /// The names of a result's text.
    private static let textNames = [
        "text", "plate", "plate_number", "license_plate", "ocr_text", "plate_text", "number",
        "plate_no", "value", "result",
    ]

    /// The first name with a plate; else the first with any value, or nil.
    private func nameOfText(in fields: Fields) -> String? {
        let present = Self.textNames.filter { fields[$0] != nil }
        return present.first { name in
            guard let text = try? textOrNone(fields, name) else { return false }
            return !PlateText.tidied(text).isEmpty && !NoPlate.isSaid(by: text)
        } ?? present.first
    }

    private func textOrNone(_ fields: Fields, _ name: String) throws(Refusal) -> String? {
        fields[name] == nil ? nil : try fields.plateText(name)
    }

    /// A result's plate and confidence; nil if it is not a plate.
    ///
    /// A result is a string, or an object with text and
    /// confidence.
    ///
    /// Warnings of a result that is left out go to the detection, as there is no read for them.
    private func ocr(
        _ result: JSON,
        _ index: Int,
        _ own: inout Warnings,
        _ left: inout Warnings
    ) throws(Refusal) -> (plate: Plate, confidence: Confidence?)? {
        let name = "ocr_results[\(index)]"
        // One field, so that names and rules for strings and numbers are the same in both forms.
        var fields = try Fields(.object([JSON.Member(name, result)]))
        var textName = name
        if case .object = result {
            fields = try Fields(result)
            guard let said = nameOfText(in: fields) else {
                try left.note(
                    .invalid(
                        name,
                        "holds no text: it is looked for as \(Self.textNames.joined(separator: ", "))",
                        code: "no_text"
                    ),
                    name
                )
                return nil
            }
            textName = said
        } else if case .array(let parts) = result, let text = parts.first(where: \.isText) {
            // EasyOCR's format: the optional box, the text, and the confidence.
            let confidence = parts.count > 1 && parts.last != text ? parts[parts.count - 1] : .null
            fields = try Fields(
                .object([JSON.Member(name, text), JSON.Member("confidence", confidence)])
            )
        }
        let plate = try left.optional(name) { () throws(Refusal) -> Plate? in
            guard let text = try textOrNone(fields, textName), !PlateText.tidied(text).isEmpty,
                !NoPlate.isSaid(by: text)
            else { return nil }
            return try Plate(text, field: name, limits: limits)
        }
        guard let plate else { return nil }
        let confidence = try own.optional("\(name).confidence") { () throws(Refusal) in
            try fields.confidence("confidence")
        }
        return (plate, confidence)
    }
}

extension Fields {
    /// The camera's name; the edge's fallback over REST calls it `aicamera_id`.
    func cameraOfEdge() throws(Refusal) -> String {
        if self["camera_id"] == nil, let camera = try identifier("aicamera_id") { return camera }
        return try requiredIdentifier("camera_id")
    }

    /// The checkpoint's name.
    func checkpoint(limits: Limits) throws(Refusal) -> String? {
        try FieldText.optional(
            identifier("checkpoint_id"),
            field: "checkpoint_id",
            max: limits.cameraIDCharactersMax
        )
    }
}

extension JSON {
    fileprivate var isText: Bool {
        if case .string = self { true } else { false }
    }
}
