/// The parameters that calls take, under one name for the router, which refuses others, and the OpenAPI
/// document.
extension Route.Query {
    static let records = Route.Query.only([
        "page", "per_page", "camera_id", "plate_number", "match", "date_from", "date_to",
        "min_confidence", "blacklisted", "before_id", "format", "purpose",
    ])
    static let blacklist = Route.Query.only([
        "all", "page", "per_page", "plate_number", "match", "before_id", "purpose",
    ])
    static let lookUp = Route.Query.only(["purpose"])
    static let audit = Route.Query.only([
        "who", "action", "outcome", "text", "from", "to", "before", "per_page", "format",
    ])
    static let removal = Route.Query.only(["removed_by"])
    static let hours = Route.Query.only(["hours"])
    static let events = Route.Query.only(["types", "camera_id", "last_event_id"])

    /// The names; none where any is taken.
    var names: [String] {
        switch self {
        case .any: []
        case .only(let names): names
        }
    }
}
