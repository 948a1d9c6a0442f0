import Core

extension ReadDecoder {
    /// Decodes the edge's newer body: one read for each OCR result.
    ///
    /// The cropped picture of the same place belongs to a result; where there is none, the first
    /// result gets the annotated picture.
    func detection(_ fields: Fields, _ now: Timestamp) throws(Refusal) -> Detection {
        let cameraID = try fields.requiredText("camera_id")
        let eventID = try fields.identifier("event_id")
        let results = try fields.array("ocr_results") ?? []
        guard results.count <= limits.batchReadsMax else {
            throw .invalid("ocr_results", "may hold at most \(limits.batchReadsMax) results")
        }
        let pictures = try DetectionPictures(fields, limits: limits)
        let cameraTime = try fields.instant("timestamp", clock)
        let location = try Location(
            text: fields.text("location"),
            latitude: fields.number("location_lat"),
            longitude: fields.number("location_lon"),
            limits: limits
        )
        let details = try sharedDetails(fields)
        var reads: [Read] = []
        for (index, result) in results.enumerated() {
            guard let (text, confidence) = try ocr(result, index) else { continue }
            reads.append(
                try Read(
                    cameraID: cameraID,
                    plate: Plate(text, field: "ocr_results[\(index)]", limits: limits),
                    confidence: confidence,
                    picture: pictures.picture(at: index, isFirst: reads.isEmpty),
                    location: location,
                    cameraTime: cameraTime,
                    receivedAt: now,
                    eventID: eventID.map { "\($0)#\(index)" },
                    details: details,
                    limits: limits
                )
            )
        }
        return try Detection(
            cameraID: cameraID,
            checkpointID: fields.identifier("checkpoint_id"),
            vehicles: fields.wholeNumber("vehicles_count") ?? 0,
            plates: fields.wholeNumber("plates_count") ?? results.count,
            receivedAt: now,
            cameraTime: cameraTime,
            eventID: eventID,
            reads: reads,
            limits: limits
        )
    }

    private func sharedDetails(_ fields: Fields) throws(Refusal) -> [JSON.Member] {
        var members: [JSON.Member] = []
        if let checkpoint = try fields.identifier("checkpoint_id") {
            members.append(JSON.Member("checkpoint_id", .string(checkpoint)))
        }
        if let time = try fields.number("processing_time_ms") {
            members.append(JSON.Member("processing_time_ms", .number(time)))
        }
        return members
    }

    /// Text, or an object with the text and how sure it is; nil for a result without text.
    private func ocr(
        _ result: JSON,
        _ index: Int
    ) throws(Refusal) -> (text: String, confidence: Confidence?)? {
        let name = "ocr_results[\(index)]"
        switch result {
        case .null: return nil
        case .string(let text): return PlateText.tidied(text).isEmpty ? nil : (text, nil)
        case .object:
            let fields = try Fields(result)
            var text = try fields.text("text")
            for name in ["plate", "plate_number"] where text == nil { text = try fields.text(name) }
            guard let text, !PlateText.tidied(text).isEmpty else { return nil }
            let number = try fields.number("confidence")
            return (text, try number.map { (value) throws(Refusal) in try Confidence(value) })
        default: throw .invalid(name, "must be text, not \(result.kindName)")
        }
    }
}

/// The pictures of a detection, decoded when their result is reached.
private struct DetectionPictures {
    private let cropped: [JSON]
    private let fields: Fields
    private let limits: Limits

    init(_ fields: Fields, limits: Limits) throws(Refusal) {
        self.fields = fields
        self.limits = limits
        cropped = try fields.array("cropped_plates") ?? []
    }

    func picture(at index: Int, isFirst: Bool) throws(Refusal) -> Picture? {
        if index < cropped.count, case .string(let base64) = cropped[index], !base64.isEmpty {
            return try Fields.picture(base64, "cropped_plates[\(index)]", limits: limits)
        }
        return isFirst ? try fields.picture("annotated_image", limits: limits) : nil
    }
}
