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

    /// A result's pictures: its plate, and for the first result the scene.
    func pictures(
        at index: Int,
        isFirst: Bool,
        _ warnings: inout Warnings
    ) throws(Refusal) -> [ReadPicture] {
        let plate = try plate(at: index, &warnings)
        let scene = isFirst ? try scene(&warnings) : nil
        // What the one picture shows is not kept: that would be a row for each read.
        guard let plate, let scene else { return (plate ?? scene).map { [ReadPicture($0)] } ?? [] }
        return [ReadPicture(plate, showing: .plate), ReadPicture(scene, showing: .scene)]
    }

    private func plate(at index: Int, _ warnings: inout Warnings) throws(Refusal) -> Picture? {
        let place = places[index]
        guard cropped.indices.contains(place), case .string(let base64) = cropped[place],
            !base64.isEmpty
        else { return nil }
        let name = "cropped_plates[\(place)]"
        return try decoder.picture(name, &warnings) { () throws(Refusal) in
            try Fields.picture(base64, name, limits: decoder.limits)
        }
    }

    private func scene(_ warnings: inout Warnings) throws(Refusal) -> Picture? {
        if let picture = try decoder.picture(fields, "annotated_image", &warnings) {
            return picture
        }
        return try decoder.picture(fields, "image_data", &warnings)
    }
}
