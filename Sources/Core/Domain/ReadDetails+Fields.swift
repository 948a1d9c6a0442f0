/// A plate that the camera thought of, too.
public struct PlateCandidate: Sendable, Equatable {
    /// The text.
    public let text: String
    /// How sure the camera was of it, if it said so.
    public let confidence: Confidence?
}

/// A rectangle on the main picture, in the sender's unit: pixels, or parts of the width and height.
public struct PictureBox: Sendable, Equatable {
    /// The left edge.
    public let x: Double
    /// The upper edge.
    public let y: Double
    /// From the left to the right edge.
    public let width: Double
    /// From the upper to the lower edge.
    public let height: Double
}

/// What a camera says of the vehicle.
public struct Vehicle: Sendable, Equatable {
    /// The maker, such as `toyota`.
    public let make: String?
    /// The model.
    public let model: String?
    /// The colour.
    public let color: String?
    /// The kind, such as `pickup`.
    public let type: String?
}

extension ReadDetails {
    /// `candidates`: texts, or objects with a text and how sure it is.
    public var candidates: [PlateCandidate] {
        guard case .array(let elements)? = self["candidates"] else { return [] }
        return elements.compactMap { element in
            let names = ["plate", "text", "plate_number"]
            guard let text = element.text ?? names.lazy.compactMap({ element[$0]?.text }).first
            else { return nil }
            let number = element["confidence"]?.double ?? element["score"]?.double
            return PlateCandidate(text: text, confidence: number.flatMap { try? Confidence($0) })
        }
    }

    /// `plate_box`: where the plate is.
    public var plateBox: PictureBox? { self["plate_box"].flatMap(PictureBox.init) }

    /// `vehicle_box`: where the vehicle is.
    public var vehicleBox: PictureBox? {
        self["vehicle_box"].flatMap(PictureBox.init)
            ?? self["vehicle"]?["box"].flatMap(PictureBox.init)
    }

    /// `vehicle` {make, model, color, type}, or `vehicle_make` and so on.
    public var vehicle: Vehicle {
        func part(_ name: String) -> String? {
            self["vehicle"]?[name]?.text ?? self["vehicle_\(name)"]?.text
        }
        return Vehicle(
            make: part("make"),
            model: part("model"),
            color: part("color"),
            type: part("type")
        )
    }

    /// `direction`: where the vehicle went.
    public var direction: String? { self["direction"]?.text }

    /// `speed`, in km/h.
    public var speed: Double? { self["speed"]?.double }

    /// `region`: of which country or state the plate is.
    public var region: String? { self["region"]?.text ?? self["region"]?["code"]?.text }

    /// `pass_id`: the camera's own id of the vehicle's pass, of which several reads may come.
    public var passID: String? { self["pass_id"]?.text }
}

extension PictureBox {
    /// `[left, top, right, bottom]`, or an object with these, or with a corner and the size; nil for anything else.
    init?(_ json: JSON) {
        func object(_ names: [String]) -> [Double]? {
            let numbers = names.compactMap { json[$0]?.double }
            return numbers.count == names.count ? numbers : nil
        }
        if let box = object(["x", "y", "width", "height"]) {
            self.init(x: box[0], y: box[1], width: box[2], height: box[3])
            return
        }
        var corners =
            object(["xmin", "ymin", "xmax", "ymax"])
            ?? object(["x_min", "y_min", "x_max", "y_max"])
        if case .array(let elements) = json, elements.count == 4 {
            let numbers = elements.compactMap(\.double)
            if numbers.count == 4 { corners = numbers }
        }
        guard let corners else { return nil }
        self.init(
            x: corners[0],
            y: corners[1],
            width: corners[2] - corners[0],
            height: corners[3] - corners[1]
        )
    }
}

extension JSON {
    /// A text, or a number as one: ids and codes are written either way.
    fileprivate var text: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number):
            Int64(exactly: number).map { String($0) } ?? (number.isFinite ? "\(number)" : nil)
        default: nil
        }
    }

    /// A number, or a text that says one.
    fileprivate var double: Double? {
        switch self {
        case .number(let number): number.isFinite ? number : nil
        case .integer(let number): Double(number)
        case .string(let text): NumberText(text)?.number
        default: nil
        }
    }
}
