/// Where a camera stood when it read a plate.
public struct Location: Sendable, Hashable {
    /// A place in words.
    public let text: String?
    /// WGS-84 latitude in degrees, −90–90.
    public let latitude: Double?
    /// WGS-84 longitude in degrees, −180–180.
    public let longitude: Double?

    /// No place at all.
    public static let unknown = Location(keptText: nil, latitude: nil, longitude: nil)

    /// Throws ``Refusal`` where the text is too long or a coordinate is outside the globe.
    public init(
        text: String?,
        latitude: Double?,
        longitude: Double?,
        limits: Limits
    ) throws(Refusal) {
        self.text = try FieldText.optional(
            text,
            field: "location",
            max: limits.locationCharactersMax
        )
        if let latitude, !(-90...90).contains(latitude) {
            throw .invalid("location_lat", "must be a number from -90 to 90 degrees")
        }
        if let longitude, !(-180...180).contains(longitude) {
            throw .invalid("location_lon", "must be a number from -180 to 180 degrees")
        }
        self.latitude = latitude
        self.longitude = longitude
    }

    /// A place that the store has kept.
    init(keptText text: String?, latitude: Double?, longitude: Double?) {
        self.text = text
        self.latitude = latitude
        self.longitude = longitude
    }
}
