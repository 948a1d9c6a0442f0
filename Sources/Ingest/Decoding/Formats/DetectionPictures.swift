import Core

/// The pictures of a detection, decoded on demand.
struct DetectionPictures {
    private let cropped: [JSON]
    /// The index of each result's cropped picture.
    private let places: [Int]
    private let fields: Fields
    private let decoder: ReadDecoder

    init(
        _ fields: Fields,
        of results: [JSON],
        _ decoder: ReadDecoder,
        _ warnings: inout Warnings
    ) throws(Refusal) {
        self.fields = fields
        self.decoder = decoder
        cropped =
            try warnings.optional("cropped_plates") { () throws(Refusal) in
                try fields.array("cropped_plates", limits: decoder.limits)
            } ?? []
        places = DetectionPictures.places(of: results)
    }

    /// Results carry the index of their plate if other plates were found but not read; without indexes, or with equal
    /// ones, they are in the order of the pictures.
    private static func places(of results: [JSON]) -> [Int] {
        let said = results.compactMap { result -> Int? in
            guard case .number(let place)? = result["plate_idx"] ?? result["plate_index"] else {
                return nil
            }
            return Int(exactly: place)
        }
        guard said.count == results.count, Set(said).count == said.count else {
            return Array(results.indices)
        }
        return said
    }

    func picture(
        at index: Int,
        isFirst: Bool,
        _ warnings: inout Warnings
    ) throws(Refusal) -> Picture? {
        let place = places[index]
        if cropped.indices.contains(place), case .string(let base64) = cropped[place],
            !base64.isEmpty
        {
            let name = "cropped_plates[\(place)]"
            let picture = try decoder.picture(name, &warnings) { () throws(Refusal) in
                try Fields.picture(base64, name, limits: decoder.limits)
            }
            if let picture { return picture }
        }
        guard isFirst else { return nil }
        let picture = try decoder.picture(fields, "annotated_image", &warnings)
        if let picture { return picture }
        return try decoder.picture(fields, "image_data", &warnings)
    }
}
