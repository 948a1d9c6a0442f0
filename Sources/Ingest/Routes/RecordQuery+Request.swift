import Core

extension RecordQuery {
    /// Reads the filters and the page of `GET /api/records`; an empty value counts as none.
    ///
    /// Throws ``Refusal`` that names the parameter that is malformed.
    init(_ request: Request, limits: Limits) throws(Refusal) {
        self.init(perPage: limits.recordsPerPage)
        page = try request.number("page", in: 1...100_000_000) ?? 1
        perPage = try request.number("per_page", in: 1...limits.recordsPerPageMax) ?? perPage
        if let text = request.text("camera_id") {
            cameraID = try FieldText.optional(
                text,
                field: "camera_id",
                max: limits.cameraIDCharactersMax
            )
        }
        plate = try RecordQuery.plate(request, matches: PlateMatch.allCases, limits: limits)
        dateFrom = try RecordQuery.day("date_from", request)
        dateTo = try RecordQuery.day("date_to", request)
        if let dateFrom, let dateTo, dateFrom > dateTo {
            throw .invalid("date_to", "must not be before date_from", code: "dates_reversed")
        }
        if let text = request.text("min_confidence") {
            guard let number = Double(text), number <= 100 else {
                throw .invalid(
                    "min_confidence",
                    "must be a number from 0 to 100",
                    code: Double(text) == nil ? "not_a_number" : "out_of_range"
                )
            }
            confidencePercentMin = try Confidence(number, field: "min_confidence").percent
        }
        blacklisted = try request.boolean("blacklisted")
        if let text = request.text("before_id") {
            guard let id = Int64(text), id > 0 else {
                throw .invalid("before_id", "must be the id of a record", code: "not_a_number")
            }
            beforeID = id
        }
    }

    /// The filter by plate; `matches` are the ways to compare that the call knows.
    static func plate(
        _ request: Request,
        matches: [PlateMatch],
        limits: Limits
    ) throws(Refusal) -> PlateFilter? {
        let word = request.text("match") ?? PlateMatch.contains.rawValue
        guard let match = PlateMatch(rawValue: word), matches.contains(match) else {
            let known = matches.map(\.rawValue).joined(separator: ", ")
            throw .invalid("match", "must be one of \(known)", code: "unknown_choice")
        }
        guard let text = request.text("plate_number") else { return nil }
        guard
            let kept = try FieldText.optional(
                text,
                field: "plate_number",
                max: limits.plateCharactersMax
            )
        else { return nil }
        guard !PlateText.normalized(kept).isEmpty else {
            throw .invalid(
                "plate_number",
                "must hold at least one letter or digit",
                code: "no_letter_or_digit"
            )
        }
        return PlateFilter(text: kept, match: match)
    }

    private static func day(_ name: String, _ request: Request) throws(Refusal) -> Day? {
        guard let text = request.text(name) else { return nil }
        guard let day = Day(text), (1_970...9_998).contains(day.year) else {
            throw .invalid(name, "must be a day like 2026-01-31 that exists", code: "invalid_date")
        }
        return day
    }
}
