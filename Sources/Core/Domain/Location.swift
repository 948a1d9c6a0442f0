/// The location of a camera when it read a plate.
public struct Location: Sendable, Hashable {
    /// A description.
    public let text: String?
    /// WGS-84 latitude in degrees, −90–90.
    public let latitude: Double?
    /// WGS-84 longitude in degrees, −180–180.
    public let longitude: Double?

    /// No location.
    public static let unknown = Location(keptText: nil, latitude: nil, longitude: nil)

    /// Throws ``Refusal`` if the text is too long or a coordinate is out of range.
    public init(
        text: String?,
        latitude: Double?,
        longitude: Double?,
        limits: Limits
    ) throws(Refusal) {
        self.text = try Location.text(text, limits: limits)
        self.latitude = try Location.latitude(latitude, field: "location_lat")
        self.longitude = try Location.longitude(longitude, field: "location_lon")
    }

    /// Validates a description.
    public static func text(_ text: String?, limits: Limits) throws(Refusal) -> String? {
        try FieldText.optional(text, field: "location", max: limits.locationCharactersMax)
    }

    /// Validates a latitude; `field` is the sender's name of it.
    public static func latitude(_ degrees: Double?, field: String) throws(Refusal) -> Double? {
        try check(degrees, upTo: 90, field)
    }

    /// Validates a longitude; `field` is the sender's name of it.
    public static func longitude(_ degrees: Double?, field: String) throws(Refusal) -> Double? {
        try check(degrees, upTo: 180, field)
    }

    private static func check(
        _ degrees: Double?,
        upTo most: Int,
        _ field: String
    ) throws(Refusal) -> Double? {
        guard let degrees else { return nil }
        guard degrees.magnitude <= Double(most) else {
            throw .invalid(
                field,
                "must be a number from -\(most) to \(most) degrees",
                code: "out_of_range"
            )
        }
        return degrees
    }

    /// A location from the database.
    init(keptText text: String?, latitude: Double?, longitude: Double?) {
        self.text = text
        self.latitude = latitude
        self.longitude = longitude
    }
}
