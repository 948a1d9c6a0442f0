import Core

/// The body of `POST /api/blacklist`, in one of its forms.
enum EntriesBody {
    /// One entry, answered by one object.
    case one(Fields)
    /// Many, each with its own answer.
    case many(EntryList)

    /// Splits a request's body into entries by its content type; they are decoded later, one by one.
    ///
    /// A body that is neither NDJSON nor CSV is taken for JSON.
    init(_ request: Request, limits: Limits) throws(Refusal) {
        let body = request.body
        guard !body.isEmpty else {
            throw Refusal(
                .invalid,
                "the body is empty; send a JSON object, an array, NDJSON or CSV"
            )
        }
        let depth = limits.jsonDepthMax
        let media = request.media
        if media.name == "text/csv" {
            let table = try CSVTable(body, rowsMax: limits.batchEntriesMax)
            self = .many(EntryList(count: table.count, asLines: false, fields: table.fields))
        } else if media.kind == .lines {
            let lines = body.split(separator: 0x0A).filter { !$0.allSatisfy(\.isBlank) }
                .map { $0.startIndex..<$0.endIndex }
            try EntriesBody.check(lines.count, limits)
            self = .many(
                EntryList(count: lines.count, asLines: true) { (index) throws(Refusal) in
                    try Fields(JSONParser.parse(body, in: lines[index], depthMax: depth))
                }
            )
        } else {
            let json = try JSONParser.parse(body, depthMax: depth)
            guard case .array(let elements) = json else {
                self = .one(try Fields(json))
                return
            }
            try EntriesBody.check(elements.count, limits)
            self = .many(
                EntryList(count: elements.count, asLines: false) { (index) throws(Refusal) in
                    try Fields(elements[index])
                }
            )
        }
    }

    private static func check(_ count: Int, _ limits: Limits) throws(Refusal) {
        guard count > 0 else { throw Refusal(.invalid, "the body contains no entry") }
        guard count <= limits.batchEntriesMax else {
            throw Refusal(
                .tooLarge,
                "one body may hold at most \(limits.batchEntriesMax) entries; send several"
            )
        }
    }
}

/// The entries of one body.
struct EntryList: Sendable {
    /// Their number.
    let count: Int
    /// Whether they are answered as NDJSON, not as an array.
    let asLines: Bool
    /// The fields of the entry with an index, from 0.
    let fields: @Sendable (Int) throws(Refusal) -> Fields
}
