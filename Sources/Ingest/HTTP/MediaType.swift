/// A media type (`Content-Type`), without parameters and in lower case.
struct MediaType: Sendable {
    /// The kinds by which cameras' bodies are told apart.
    enum Kind {
        case json
        /// NDJSON: one JSON object on each line.
        case lines
        case form
        case other
    }

    let kind: Kind
    let name: String

    /// The media type of a header's value; JSON if there is none.
    init(_ contentType: String?) {
        guard let contentType, contentType != "application/json" else {
            (kind, name) = (.json, "application/json")
            return
        }
        name = String(
            contentType.prefix { $0 != ";" }.lowercased()
                .trimmingPrefix { $0 == " " }.prefix { $0 != " " }
        )
        kind =
            switch name {
            case "application/x-ndjson", "application/ndjson", "application/jsonl": .lines
            case "multipart/form-data": .form
            case _ where name.hasSuffix("json"): .json
            default: .other
            }
    }
}
